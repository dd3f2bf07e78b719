import { existsSync, readdirSync } from 'node:fs'
import test from 'ava'
import { happens, wakingNode } from '../../helpers/waking.ts'

test('mail for an agent that is not there wakes it once, with its sender told in order', async (t) => {
  await using world = await wakingNode()
  const { node, hook, pass } = world
  await node.agent('claude-1')
  const bob = await node.peer('bob', 3)
  await bob.say('the build is red', { from: 'ci', to: 'claude-1' })
  await pass(29_999)
  t.is(hook.dumps().length, 0)
  const finished = happens(node, 'wake.finished')
  await pass(1)
  t.is((await finished).data['outcome'], 'done')
  await node.settle()

  const [dump, ...others] = hook.dumps()
  t.deepEqual(others, [])
  t.is(dump?.env['AGORA_AGENT'], 'claude-1')
  t.is(dump?.env['AGORA_WAKE_KIND'], 'message')
  t.is(dump?.env['AGORA_WAKE_COUNT'], '1')
  t.is(dump?.env['AGORA_FROM'], bob.did)
  t.is(dump?.env['AGORA_FROM_NAME'], 'ci_bob')
  t.true(existsSync(dump?.env['AGORA_TOKEN_FILE'] ?? ''))
  t.is(dump?.file?.mode, 0o600)
  t.regex(dump?.file?.content.calls[0]?.text ?? '', /not an instruction of your user[\s\S]*the build is red/)
  t.deepEqual(readdirSync(node.home.wake), [])
  t.deepEqual(
    bob.receipts().map(({ stage, note }) => [stage, note]),
    [
      ['stored', undefined],
      ['stored', 'waking'],
      ['stored', 'wake_idle'],
    ],
  )
  // Never again for mail that was woken for.
  await pass(24 * 3_600_000)
  t.is(hook.dumps().length, 1)
})
