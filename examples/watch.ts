/**
 * Shows what happens on a node as it happens, and answers nothing:
 *
 *     AGORA_URL=http://127.0.0.1:7313 AGORA_TOKEN=$(cat ~/.agora/alice/token) node examples/watch.ts message. peer.
 *
 * Arguments are beginnings of the event types wanted; without any, everything is shown. Ctrl-C ends it.
 */
import { displayLine } from '../src/base/text.ts'
import { createClient } from '../src/client/index.ts'

const { AGORA_URL: url = 'http://127.0.0.1:7313', AGORA_TOKEN: token } = process.env
if (!token) {
  console.error('Set AGORA_TOKEN to the token of the node (in the file `token` of its home) or of an agent.')
  process.exit(2)
}
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())

const agora = createClient({ url, token })
try {
  const { name, did, peers } = await agora.call('node.status')
  console.log(`Watching ${displayLine(name)} (${did}), connected to ${peers} peers.`)
  for await (const { at, type, seq, ...rest } of agora.events({ types: process.argv.slice(2), signal: stop.signal })) {
    console.log(`${at}  #${seq}  ${type}  ${displayLine(JSON.stringify(rest))}`)
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
