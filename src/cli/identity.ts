import { readToken } from '../store/private-file.ts'
import type { Command } from './command.ts'
import { safeJson } from './text.ts'

export const identityCommands: Command[] = [
  {
    usage: 'identity',
    group: 'Set-up',
    summary: 'Show the cryptographic identity of the node.',
    options: [{ name: 'document', meaning: 'the W3C DID document itself' }],
    examples: ['agora identity', 'agora identity --document > did.json'],
    async run(context) {
      const identity = await context.call('node.identity', {})
      const { name, did, did_key, peer_id, public_key, ...document } = identity
      if (context.inputs.flag('document')) return context.io.out(`${safeJson(document, 2)}\n`)
      await context.answer(identity, () =>
        context.pairs([
          ['Name', name],
          ['DID', did],
          ['did:key', did_key],
          ['Peer ID', peer_id],
          ['Public key', public_key],
          ...identity.service.flatMap(({ serviceEndpoint }) =>
            serviceEndpoint.map((address) => ['Address', address] as const),
          ),
        ]),
      )
    },
  },
  {
    usage: 'token',
    group: 'Set-up',
    summary: 'Print the operator’s token and where it lies.',
    details:
      'Whoever has it can do everything with this node. Programs should have an agent’s token: `agora agents token <agent>`.',
    examples: [
      'agora token',
      'curl -H "Authorization: Bearer $(agora token --format json | jq -r .token)" http://127.0.0.1:7313/status',
    ],
    async run(context) {
      const { token: path } = context.home()
      const token = readToken(path)
      if (context.io.columns !== undefined) {
        context.io.err(
          'Whoever sees this token can do everything with this node. For programs: agora agents token <agent>\n',
        )
      }
      await context.answer({ token, token_file: path }, () =>
        context.pairs([
          ['Token', token],
          ['File', path],
        ]),
      )
    },
  },
]
