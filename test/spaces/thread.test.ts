import test from 'ava'
import { agentDid } from '../../src/base/did.ts'
import { THREAD_UPDATES_MAX, threadRules } from '../../src/spaces/thread.ts'
import { handLog } from '../helpers/hand-log.ts'

const [alice, bob, carol, dora] = [
  'did:agora:z6MkiaMbhXHNA4eJVCCj8dbzKzTgYDKf6crKgHVHid1F1WCT',
  'did:agora:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw',
  'did:agora:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH',
  'did:agora:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG',
] as const

function thread(create: Record<string, unknown>, creator: string = alice) {
  const log = handLog(threadRules.isAuthority)
  const first = log.write(creator, 'thread.create', create, [])
  const judgement = () => threadRules.judge(log.view.authority(), log.view)
  return {
    ...log,
    first,
    judgement,
    say: (author: string, seen?: Parameters<typeof log.write>[3]) =>
      log.write(author, 'thread.message', { texts_hash: 'x'.repeat(44) }, seen),
    /** Of each entry in the order of writing. */
    verdicts: () => {
      const judged = judgement()
      return log.all.map((entry) => {
        const verdict = threadRules.isAuthority(entry.type)
          ? threadRules.authorityVerdict(judged, entry.id)
          : threadRules.contentVerdict(judged, entry)
        return verdict.state === 'counts'
          ? 'counts'
          : 'code' in verdict
            ? verdict.code
            : `${verdict.state} ${verdict.by}`
      })
    },
    members: () => [...threadRules.members(judgement())].sort(),
    removal: (node: string) => threadRules.removal(judgement(), node),
  }
}

test('its creator and whom it names take part; nobody else may begin, and nobody else is heard', (t) => {
  const { first, say, verdicts, members, write, view } = thread({ participants: [agentDid(bob, 'codex')] })
  say(agentDid(bob, 'codex'))
  say(bob)
  say(agentDid(bob, 'other'))
  const stranger = write(carol, 'thread.message', { texts_hash: 'x'.repeat(44) }, [first])
  t.deepEqual(verdicts(), ['counts', 'counts', 'counts', 'not_member', 'not_member'])
  t.deepEqual(members(), [alice, bob].sort())
  t.false(threadRules.mayBegin(stranger, view))
  t.true(threadRules.mayBegin(write(bob, 'thread.message', {}, [first]), view))
})

test('an open thread grows by whoever takes part, a closed one by its creator alone', (t) => {
  for (const closed of [false, true]) {
    const { write, say, verdicts, members } = thread({ participants: [bob], closed })
    write(bob, 'thread.update', { add: [carol] })
    say(carol)
    t.deepEqual(verdicts(), closed ? ['counts', 'not_permitted', 'not_member'] : ['counts', 'counts', 'counts'])
    t.is(members().includes(carol), !closed)
  }
})

test('only its creator removes others, names it and ends it; anybody leaves', (t) => {
  const { write, verdicts, members, removal } = thread({ participants: [bob, carol] }, agentDid(alice, 'claude'))
  write(bob, 'thread.update', { remove: [carol] })
  write(bob, 'thread.update', { title: 'mine' })
  write(bob, 'thread.close', {})
  const left = write(bob, 'thread.update', { remove: [bob] })
  write(alice, 'thread.update', { title: 'the operator of its node is as good as its creator' })
  write(carol, 'thread.update', { remove: [agentDid(alice, 'claude')] })
  t.deepEqual(verdicts(), [
    'counts',
    'not_permitted',
    'not_permitted',
    'not_permitted',
    'counts',
    'counts',
    'not_permitted',
  ])
  t.deepEqual(members(), [alice, carol].sort())
  t.is(removal(bob), left.id)
})

test('what a removed one writes on without having seen it is held, until it is added again', (t) => {
  const { first, write, say, verdicts, removal, all } = thread({ participants: [bob] })
  const before = say(bob)
  const removed = write(alice, 'thread.update', { remove: [bob] }, [first])
  const on = say(bob, [before])
  const added = write(bob, 'thread.update', { add: [carol] }, [on])
  say(carol, [added])
  const held = `held ${removed.id}`
  t.deepEqual(verdicts(), ['counts', held, 'counts', held, held, 'not_member'])
  t.is(removal(bob), removed.id)
  write(alice, 'thread.update', { add: [bob] }, [removed, all[5] as never])
  t.deepEqual(verdicts(), ['counts', 'counts', 'counts', 'counts', 'counts', 'counts', 'counts'])
  t.is(removal(bob), undefined)
})

test('after its end nothing more is said; what was said before it was known counts', (t) => {
  const { first, write, say, verdicts } = thread({ participants: [bob, dora] })
  const end = write(alice, 'thread.close', {}, [first])
  say(bob, [first])
  say(bob, [end])
  write(alice, 'thread.update', { add: [carol] }, [end])
  t.deepEqual(verdicts(), ['counts', 'counts', 'counts', 'thread_closed', 'thread_closed'])
})

test('one says so often who takes part, and no more', (t) => {
  const { write, verdicts, say } = thread({ participants: [bob], closed: false })
  for (let count = 0; count <= THREAD_UPDATES_MAX; count++)
    write(bob, 'thread.update', { add: [agentDid(carol, `agent-${count}`)] })
  say(bob)
  t.deepEqual(verdicts().slice(-3), ['counts', 'limit_reached', 'counts'])
})
