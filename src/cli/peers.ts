import { didTail } from '../base/did.ts'
import type { Command } from './command.ts'
import { ago, shownName } from './text.ts'

/** Columns of a terminal where a whole DID fits beside the rest. */
const WIDE = 160

export const peerCommands: Command[] = [
  {
    usage: 'connect <address>',
    group: 'Node',
    summary: 'Connect to a remote node.',
    details:
      'The address is host:port (IPv4, [IPv6] or a DNS name), a multiaddr, or DID@host:port. A DID or peer ID in it must be that of who answers.',
    examples: [
      'agora connect 192.168.1.10:7312',
      'agora connect bobs-laptop.tail1234.ts.net',
      'agora connect did:agora:z6Mk…@192.168.1.10:7312',
    ],
    async run(context) {
      const peer = await context.call('node.connect', { address: context.inputs.arg('address') })
      await context.answer(
        peer,
        () =>
          `Connected to ${shownName(peer.name)}.\n\n${context.pairs([
            ['DID', peer.did],
            ['Address', peer.address],
            ['Encryption', peer.encryption],
            ['Trust', String(peer.trust_level)],
          ])}`,
      )
    },
  },
  {
    usage: 'peers',
    alias: 'peers list',
    group: 'Node',
    summary: 'List connected peers.',
    examples: ['agora peers', 'agora peers --format json'],
    async run(context) {
      const now = context.io.clock.now()
      await context.answer(await context.call('node.peers', {}), ({ items }) =>
        items.length === 0
          ? `No peer is connected. To reach one: ${context.next('connect <host:port>', { operator: true })}\n`
          : context.table(
              ['NAME', 'TRUST', 'PRESENCE', 'AGENTS', 'LATENCY', 'SEEN', 'ADDRESS', 'DID'],
              items.map((peer) => [
                shownName(peer.name) + (peer.looks_like === undefined ? '' : ` (not ${shownName(peer.looks_like)})`),
                String(peer.trust_level),
                peer.state === 'stale' ? 'not heard' : peer.presence,
                peer.agents.map((agent) => shownName(agent.name)).join(' ') || '-',
                peer.latency_ms === undefined ? '-' : `${Math.round(peer.latency_ms)} ms`,
                ago(peer.last_heartbeat_at, now),
                peer.address,
                // All begin alike, so that cutting one at its end would leave nothing to compare.
                (context.io.columns ?? WIDE) >= WIDE ? peer.did : didTail(peer.did),
              ]),
            ),
      )
    },
  },
  {
    usage: 'peers disconnect <peer>',
    group: 'Node',
    summary: 'Disconnect a peer; it is not dialled again until asked to or restarted.',
    examples: ['agora peers disconnect bob'],
    async run(context) {
      await context.answer(
        await context.call('node.disconnect', { name: context.inputs.arg('peer') }),
        ({ disconnected }) => `Disconnected ${shownName(disconnected)}.\n`,
      )
    },
  },
]
