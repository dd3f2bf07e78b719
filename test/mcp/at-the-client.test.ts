import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import test from 'ava'
import { bridgeWith, type McpClient, mcpClient } from '../helpers/mcp.ts'
import { network } from '../helpers/network.ts'

const asking = { elicitation: {} }

/** What the person at the client says to every question; the questions come to be looked at. */
function person({ client }: McpClient, action: 'accept' | 'decline' | 'cancel'): string[] {
  const questions: string[] = []
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    questions.push(params.message)
    return { action, content: {} }
  })
  return questions
}

test('the person at the client of the bridge decides at once what is the operator’s', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice, bob } = net.node
  await net.connect()
  await using claude = await bridgeWith(asking, alice.home, 'claude-1')
  const questions = person(claude, 'accept')
  t.regex(
    await claude.use('agora_add_friend', { peer: 'bob', trust: 2 }),
    /^Allowed by the person at this client, and done: add bob/,
  )
  t.regex(questions[0] ?? '', /^claude-1 asks to add bob .*Allow it\?$/)
  t.is((await alice.call('friends.list', {})).items[0]?.did, bob.did)
  t.is((await alice.call('approvals.list', {})).items.length, 0)

  person(claude, 'decline')
  t.regex(
    await claude.use('agora_remove_friend', { peer: 'bob' }),
    /^The person at this client said no: remove the friend bob/,
  )
  t.is((await alice.call('friends.list', {})).items.length, 1)
  person(claude, 'cancel')
  t.regex(await claude.use('agora_remove_friend', { peer: 'bob' }), /^Waits for the operator/)
  t.is((await alice.call('approvals.list', {})).items.length, 1)
})

test('over HTTP nobody at the client stands for the operator', async (t) => {
  await using net = await network(['alice', 'bob'])
  const { alice } = net.node
  await net.connect()
  await using claude = await mcpClient(alice, 'claude-1', { capabilities: asking })
  const questions = person(claude, 'accept')
  t.regex(await claude.use('agora_add_friend', { peer: 'bob' }), /^Waits for the operator/)
  t.deepEqual(questions, [])
})

test('where the owner’s passphrase is asked for, the client does not do', async (t) => {
  await using net = await network(['alice', 'bob'], { grants_need_owner: true })
  const { alice } = net.node
  await net.connect()
  await using claude = await bridgeWith(asking, alice.home, 'claude-1')
  person(claude, 'accept')
  t.regex(
    await claude.use('agora_add_friend', { peer: 'bob' }),
    /^It was allowed, and could not be settled here: .*passphrase.*It waits for the operator\./,
  )
  t.is((await alice.call('friends.list', {})).items.length, 0)
  t.is((await alice.call('approvals.list', {})).items.length, 1)
})
