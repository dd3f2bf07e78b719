const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** Five digits at once: so large a limb, shifted by 16 bits, is still a whole number that a double holds. */
const LIMB = 58 ** 5
const DIGITS = 5

/** Base58 in Bitcoin's alphabet, without a multibase prefix. For hashes, of which every entry of a log has three: several times as fast as a general one. */
export function base58(bytes: Uint8Array): string {
  const limbs: number[] = []
  for (let at = bytes.length % 2 === 0 ? 0 : -1; at < bytes.length; at += 2) {
    let carry = (bytes[at] ?? 0) * 256 + (bytes[at + 1] as number)
    for (let index = 0; index < limbs.length; index++) {
      const value = (limbs[index] as number) * 65_536 + carry
      carry = Math.floor(value / LIMB)
      limbs[index] = value - carry * LIMB
    }
    if (carry > 0) limbs.push(carry)
  }
  let text = ''
  for (const [index, limb] of limbs.entries()) {
    let left = limb
    const isHighest = index === limbs.length - 1
    for (let digit = 0; isHighest ? left > 0 : digit < DIGITS; digit++) {
      const next = Math.floor(left / 58)
      text = ALPHABET[left - next * 58] + text
      left = next
    }
  }
  // Zeros in front have no value, and stand there all the same.
  for (let at = 0; at < bytes.length && bytes[at] === 0; at++) text = `1${text}`
  return text
}
