import type { Logger, PeerDiscovery, PeerInfo, Startable } from '@libp2p/interface'
import { type MulticastDNSComponents, mdns } from '@libp2p/mdns'
import { multiaddr } from '@multiformats/multiaddr'
import type { Log } from '../core/telemetry.ts'
import { MDNS_ADDRESSES, MDNS_EVERY, MDNS_SERVICE } from './constants.ts'

export interface MdnsParts {
  log: Log
  /** Multiaddrs of this node, with its peer ID; those of the loopback interface too, for others on this machine. */
  addresses(): string[]
  /** Somebody at the IP address `from` says that the peer has these addresses. */
  onFound(peerId: string, addresses: string[], from: string): void
}

/** What libp2p's package makes; the socket tells who sent a packet. */
interface Discovery extends PeerDiscovery, Startable {
  mdns?: { on(event: 'packet', listener: (packet: unknown, sender: { address: string }) => void): void }
}

/** Finds nodes on the local network by multicast DNS, and lets this one be found, until the returned function is called. */
export async function startMdns({ log, addresses, onFound }: MdnsParts): Promise<() => Promise<void>> {
  const discovery = mdns({ serviceTag: MDNS_SERVICE, interval: MDNS_EVERY })({
    logger: { forComponent: () => quietLogger(log) },
    addressManager: {
      getAddresses: () =>
        addresses()
          .map((address) => multiaddr(address))
          .slice(0, MDNS_ADDRESSES),
    },
  } as unknown as MulticastDNSComponents) as Discovery
  let from = ''
  await discovery.start()
  // Told before the peers that are found in the packet, in the same turn.
  discovery.mdns?.on('packet', (_, sender) => {
    from = sender.address
  })
  discovery.addEventListener('peer', ({ detail: { id, multiaddrs } }: CustomEvent<PeerInfo>) =>
    onFound(id.toString(), multiaddrs.map(String), from),
  )
  return async () => discovery.stop()
}

/** A network without multicast is no fault: it is noted, and the node is found by other ways. */
function quietLogger(log: Log): Logger {
  const none = (): void => undefined
  const note = (format: string, error: unknown): void =>
    log.debug({ error: String(error) }, format.replace(' - %e', ''))
  return Object.assign(none, { error: note, trace: none, enabled: false, newScope: () => quietLogger(log) })
}
