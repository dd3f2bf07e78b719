import test from 'ava'
import { ALICE, BOB, standIn } from '../helpers/cli.ts'
import { answers, delivery, ID, OTHER } from '../helpers/cli-answers.ts'

const sent: [string, object | object[], RegExp, number][] = [
  ['stored', delivery(), /^stored on bob for its operator {2}id 019a/, 0],
  ['stored for an agent there', delivery({ to: `${BOB}#x`, to_name: 'x@bob' }), /^stored on bob for x@bob /, 0],
  ['stored here', delivery({ to: `${ALICE}#claude-1`, to_name: 'claude-1' }), /^stored in the inbox of claude-1 /, 0],
  ['held for a stranger', delivery({ note: 'request' }), /^stored on bob, whose operator does not know you/, 0],
  ['queued, connected', delivery({ stage: 'queued' }), /^queued: bob is connected but has not confirmed/, 0],
  [
    'queued',
    delivery({ stage: 'queued', to: `${ALICE.slice(0, -1)}Q`, to_name: 'carol' }),
    /^queued: carol is not connected; it goes out when it is/,
    0,
  ],
  [
    'failed',
    delivery({ stage: 'failed', reason: 'unknown_agent', to_name: 'x@bob' }),
    /^failed: bob has no agent x /,
    1,
  ],
  ['expired', delivery({ stage: 'expired' }), /^expired: bob was not reached in time/, 1],
  ['to everybody', [delivery(), delivery({ stage: 'shown', to_name: 'carol' })], /^stored on bob.*\nshown to carol/, 0],
  [
    'to everybody, partly failed',
    [delivery(), delivery({ stage: 'failed', reason: 'not_permitted' })],
    /\nfailed: bob does not take it from you/,
    1,
  ],
  ['to nobody', [], /^Nobody to send to/, 1],
]
for (const [what, answer, words, exitCode] of sent) {
  test(`send tells of a message ${what}`, async (t) => {
    await using alice = await standIn({ ...answers, 'POST /send': Array.isArray(answer) ? { items: answer } : answer })
    const { code, out } = await alice.run(['send', '007', '--to', '1e5'])
    t.regex(out, words)
    t.is(code, exitCode)
    t.is(alice.asked[0], 'POST /send {"body":"007","to":"1e5","wait_for":"stored","timeout":3}')
  })
}

test('send takes its body from standard input, and ids by their end', async (t) => {
  await using alice = await standIn({ ...answers, 'POST /send': delivery() })
  await alice.run(['send', '-', '--reply-to', '7f3a91bc', '--conversation', OTHER], { stdin: 'from a pipe\n' })
  t.is(
    alice.asked.at(-1),
    `POST /send {"body":"from a pipe\\n","reply_to":"${ID}","conversation_id":"${OTHER}","wait_for":"stored","timeout":3}`,
  )
  const { code, err } = await alice.run(['send', 'x', '--reply-to', 'ffffffff'])
  t.is(code, 1)
  t.regex(err, /No recent message has the id "ffffffff"/)
  t.is((await alice.run(['send', '  '])).code, 2)
})
