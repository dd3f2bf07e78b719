import { isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { didOfPeerId, isDid, parseDid } from '../base/did.ts'
import { AgoraError } from '../base/errors.ts'
import { DEFAULT_PORT } from './constants.ts'

/** Where to dial, and who must answer there. */
export interface PeerAddress {
  /** Without `/p2p/…`: who answers is compared after the handshake, so that an error can name who it was instead. */
  multiaddr: string
  /** DID of the node that must answer; undefined when anyone may. */
  expected: string | undefined
}

const hint =
  'An address is host:port, [IPv6]:port, a multiaddr such as /ip4/192.0.2.1/tcp/7312, or either after did:agora:…@ to say who must answer.'

const wrong = (why: string): AgoraError => new AgoraError('invalid_address', why, { field: 'address', hint })

/**
 * Reads an address as people and files write it: `host:port`, `host` (port 7312), `[IPv6]:port`, `/ip4/…/tcp/…` with or without `/p2p/…`,
 * and any of them after `did:agora:…@`.
 * @throws AgoraError `invalid_address`, saying what is wrong with it.
 */
export function parseAddress(text: string): PeerAddress {
  const address = text.trim()
  if (address.length > 1024) throw wrong('This address is too long.')
  const at = address.indexOf('@')
  if (at < 0) {
    if (isDid(address)) throw wrong('This DID says who, and not where.')
    return address.startsWith('/') ? readMultiaddr(address) : readHost(address)
  }
  const who = address.slice(0, at)
  if (!isDid(who) || parseDid(who).agent !== undefined) {
    throw wrong(`Before the @ of an address stands the DID of a node, which ${JSON.stringify(who)} is not.`)
  }
  const where = parseAddress(address.slice(at + 1))
  if (where.expected !== undefined && where.expected !== who)
    throw wrong('The DID and the peer ID of this address are not those of one node.')
  return { ...where, expected: who }
}

function readHost(address: string): PeerAddress {
  if (address.includes('://')) throw wrong('This is a URL.')
  const [, bracketed, bracketedPort] = /^\[([^\]]*)\](?::(.*))?$/.exec(address) ?? []
  if (bracketed !== undefined) {
    if (!isIPv6(bracketed)) throw wrong(`${bracketed} is not an IPv6 address.`)
    return at('ip6', bracketed, bracketedPort)
  }
  if (isIPv6(address)) return at('ip6', address, undefined)
  const [host = '', port, ...rest] = address.split(':')
  if (rest.length > 0) throw wrong('An IPv6 address with a port is written [address]:port.')
  if (isIPv4(host)) return at('ip4', host, port)
  return at('dns', dnsName(host), port)
}

function at(kind: 'ip4' | 'ip6' | 'dns', host: string, port: string | undefined): PeerAddress {
  if (host.includes('%')) throw wrong('Addresses with a zone are not supported.')
  return readMultiaddr(`/${kind}/${host}/tcp/${portOf(port ?? String(DEFAULT_PORT))}`)
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw wrong(`${JSON.stringify(text)} is not a port; ports are 1-65535.`)
  return port
}

function dnsName(host: string): string {
  const name = domainToASCII(host).replace(/\.$/, '')
  // `domainToASCII` also completes short IPv4 addresses (1.2 is 1.0.0.2), which nobody means.
  const fits =
    name.length <= 253 && name.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
  if (!fits || isIPv4(name)) throw wrong(`${JSON.stringify(host)} is neither an IP address nor a host name.`)
  return name
}

function readMultiaddr(text: string): PeerAddress {
  let address: Multiaddr
  try {
    address = multiaddr(text)
  } catch (cause) {
    throw new AgoraError('invalid_address', 'This is not a valid multiaddr.', { field: 'address', hint, cause })
  }
  const [host, ...rest] = address.getComponents()
  if (!host?.value || !['ip4', 'ip6', 'dns', 'dns4', 'dns6', 'dnsaddr'].includes(host.name)) {
    throw wrong('A multiaddr begins with /ip4, /ip6, /dns, /dns4, /dns6 or /dnsaddr.')
  }
  const tcp = rest[0]?.name === 'tcp' ? rest.shift() : undefined
  const peer = rest[0]?.name === 'p2p' ? rest.shift() : undefined
  if (rest[0]) throw wrong(`Agora is reached by plain TCP; /${rest[0].name} is not supported.`)
  const expected = peer && didOfPeerId(peer.value ?? '')
  if (peer && !expected) throw wrong(`${peer.value} is not the peer ID of an Ed25519 key, which every Agora node has.`)
  // The port of a `dnsaddr` stands in its DNS record.
  const port = host.name === 'dnsaddr' && !tcp ? '' : `/tcp/${portOf(tcp?.value ?? String(DEFAULT_PORT))}`
  return { multiaddr: `/${host.name}/${host.value}${port}`, expected }
}
