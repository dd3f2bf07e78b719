import type { SignedEntry } from '../../src/contract/entry.ts'
import { keyFromSeed } from '../../src/identity/signing.ts'
import { checkEntry, makeEntry } from '../../src/log/entry.ts'
import { exportLines } from '../../src/log/export.ts'
import { memoryStore } from '../../src/log/memory-store.ts'
import { openReplica } from '../../src/log/open-replica.ts'
import { projectRules } from '../../src/spaces/project-rules.ts'
import { fakeClock } from './fake-clock.ts'

const keyOf = (byte: number) => keyFromSeed(new Uint8Array(32).fill(byte))
const clock = fakeClock()

/** A project of alice and bob as its log is signed: bob is suspended while he, who has not heard of it, says something. Always the same but for salts. */
export async function signedProject() {
  const [alice, bob] = [keyOf(1), keyOf(2)]
  const first = makeEntry(alice, {
    ...{ author: alice.did, type: 'project.create', facts: { name: 'parser' }, texts: { description: 'It parses.' } },
    ...{ seq: 0, prev: undefined, heads: [], lamport: 1, at: clock.now() },
  })
  const open = (key: typeof alice) => {
    const replica = openReplica({ space: first.id, rules: projectRules, store: memoryStore(), clock, key })
    replica.admit([first])
    return replica
  }
  const [a, b] = [open(alice), open(bob)]
  const send = async (from: typeof a, to: typeof a) => {
    const { entries } = from.lacking(to.branches(), { bytes: 1 << 30 })
    to.admit((await Promise.all(entries.map(checkEntry))).flatMap(({ entry }) => entry ?? []))
  }
  const invitation = '00000000-0000-4000-8000-000000000001'
  const expires_at = '2099-01-01T00:00:00.000Z'
  const invite = a.append({
    ...{ author: alice.did, type: 'project.invite' },
    facts: { id: invitation, to: bob.did, role: 'developer', expires_at },
  })
  const accept = makeEntry(bob, {
    ...{ space: first.id, author: bob.did, type: 'project.accept', facts: { invitation } },
    ...{ seq: 0, prev: undefined, heads: [invite.id], lamport: 3, at: clock.now() },
  })
  a.admit([accept])
  await send(a, b)
  const say = (replica: typeof a, author: string, text: string) =>
    replica.append({ author, type: 'room.message', facts: { room: 'main', mentions: [] }, texts: { text } })
  say(a, alice.did, 'Welcome. \u2028 Here.')
  a.append({ author: alice.did, type: 'project.suspend', facts: { who: bob.did }, texts: { reason: 'A test.' } })
  say(b, bob.did, 'I have heard of nothing.')
  await send(b, a)

  const { entries } = a.lacking([], { bytes: 1 << 30 })
  const head = {
    ...{ agora_log: 1 as const, space: first.id, kind: 'project' as const, exported_at: '2026-11-24T12:00:00.000Z' },
    ...{ tips: a.tips(), state_hash: a.stateHash() },
  }
  const file = (list: readonly SignedEntry[] = entries, over: object = {}) =>
    [...exportLines({ ...head, ...over }, list)].join('')
  return { alice, bob, entries, head, file }
}
