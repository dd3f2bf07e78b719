import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { nodeOf } from '../base/did.ts'

const PREFIX = 'agora-verify-1\n'
/** One code takes 32 MiB and a moment, so that two keys with the code of two others cannot be searched for. */
const COST = { N: 1 << 15, r: 8, p: 1, maxmem: 64 << 20 }
const GROUPS = 6
const BYTES_EACH = 5

const derive = promisify<string, string, number, typeof COST, Buffer>(scrypt)

/** The code of two nodes, the same on both sides: 30 decimal digits in six groups, to be compared by voice. */
export async function verifyCode(one: string, other: string): Promise<string> {
  const [low, high] = [nodeOf(one), nodeOf(other)].sort()
  const bytes = await derive(`${PREFIX}${low}\n${high}`, PREFIX, GROUPS * BYTES_EACH, COST)
  return Array.from({ length: GROUPS }, (_, group) =>
    String(bytes.readUIntBE(group * BYTES_EACH, BYTES_EACH) % 100_000).padStart(5, '0'),
  ).join(' ')
}
