import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { multiaddr } from '@multiformats/multiaddr'
import { parseAddress } from './address.ts'

const list = (...ranges: [string, number][]): BlockList => {
  const made = new BlockList()
  for (const [net, bits] of ranges) made.addSubnet(net, bits, net.includes(':') ? 'ipv6' : 'ipv4')
  return made
}

/** No host in particular, many at once, or another one on each link; and IPv4 in the guise of IPv6. Apart, since a range of the latter fits all of IPv4. */
const nowhere4 = list(['0.0.0.0', 8], ['169.254.0.0', 16], ['224.0.0.0', 3])
const nowhere6 = list(['::', 128], ['::ffff:0:0', 96], ['64:ff9b::', 96], ['fe80::', 10], ['ff00::', 8])
const loopback = list(['127.0.0.0', 8], ['::1', 128])

const within = (ranges: BlockList, ip: string): boolean => ranges.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4')

/** In a multiaddr a name could hold anything, and what is told is shown. */
const NAME = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){0,10}$/i

/** The IP address or name in a multiaddr. */
export const hostOf = (address: string): string => multiaddr(address).getComponents()[0]?.value ?? ''

/** Whether an IP address is one of this very machine. */
export const isHere = (ip: string): boolean =>
  isIP(ip) !== 0 &&
  (within(loopback, ip) ||
    Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === ip)))

const leadsOn = (ip: string, near: boolean): boolean =>
  !within(isIP(ip) === 6 ? nowhere6 : nowhere4, ip) && (near || !isHere(ip))

/**
 * What can be made of an address that `did` is said to have, as a multiaddr without `/p2p/…`; undefined when it is none, is somebody else's, or leads nowhere
 * from here. Addresses of this machine itself are taken from those alone who are on it (`near`): from others they would have this node knock at its own doors.
 */
export function toldAddress(text: string, did: string, near: boolean): string | undefined {
  try {
    const { multiaddr: address, expected } = parseAddress(text)
    if (expected !== undefined && expected !== did) return undefined
    return mayTell(address, near) ? address : undefined
  } catch {
    // Not an address, or of a kind that this version does not know.
    return undefined
  }
}

/** Whether it makes sense to tell somebody, who is on this machine too or not, of an address. */
export function mayTell(address: string, near: boolean): boolean {
  if (address.startsWith('/dnsaddr/')) return false
  const host = hostOf(address)
  return isIP(host) === 0 ? NAME.test(host) : leadsOn(host, near)
}

/**
 * Where to dial for an address that was told: a name is looked up first, since it can lead anywhere, and what it leads to is judged as if that had been told.
 * @throws whatever looking up throws
 */
export async function resolveTold(address: string): Promise<string[]> {
  const [, kind = '', host = '', port = ''] = /^\/(dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)$/.exec(address) ?? []
  if (kind === '') return [address]
  const found = await lookup(host, { all: true, family: kind === 'dns4' ? 4 : kind === 'dns6' ? 6 : 0 })
  return found
    .filter((one) => leadsOn(one.address, false))
    .map((one) => `/ip${one.family === 6 ? 6 : 4}/${one.address}/tcp/${port}`)
}
