import { z } from 'zod'
import { Address, Empty, page } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { Health, Identity, Peer, Status } from './schema.ts'

export const nodeOperations = [
  operation({
    name: 'node.health',
    summary: 'Tell whether the daemon answers.',
    who: 'anyone',
    input: Empty,
    output: Health,
    http: { method: 'GET', path: '/health' },
  }),
  operation({
    name: 'node.status',
    summary: 'Show this node: name, DID, addresses, and how much waits.',
    who: 'agent',
    input: Empty,
    output: Status,
    http: { method: 'GET', path: '/status' },
  }),
  operation({
    name: 'node.identity',
    summary: 'Show the cryptographic identity of this node as a DID document.',
    who: 'agent',
    input: Empty,
    output: Identity,
    http: { method: 'GET', path: '/identity' },
  }),
  operation({
    name: 'node.peers',
    summary: 'List connected peers.',
    who: 'agent',
    input: Empty,
    output: page(Peer),
    http: { method: 'GET', path: '/peers' },
  }),
  operation({
    name: 'node.connect',
    summary: 'Connect to a remote peer.',
    description:
      'The address is host:port (IPv4, [IPv6] or a DNS name), a multiaddr, or DID@host:port; a DID or peer ID in it must be that of who answers.',
    who: 'operator',
    input: z.object({ address: z.string().min(1).max(1024) }),
    output: Peer,
    http: { method: 'POST', path: '/connect' },
  }),
  operation({
    name: 'node.disconnect',
    summary: 'Disconnect a peer; it is not dialled again until asked to or restarted.',
    who: 'operator',
    input: z.object({ name: Address }),
    output: z.object({ disconnected: z.string() }),
    http: { method: 'POST', path: '/peers/:name/disconnect' },
  }),
  operation({
    name: 'node.stop',
    summary: 'Stop the daemon cleanly.',
    who: 'operator',
    input: Empty,
    output: z.object({ stopping: z.literal(true) }),
    http: { method: 'POST', path: '/stop', status: 202 },
  }),
] as const
