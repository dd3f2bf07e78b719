import test from 'ava'
import { canonicalJson } from '../../src/base/canonical.ts'

import { CLOCKED_IN_MAX } from '../../src/capabilities/projects/rules.ts'
import { ROOMS_MAX } from '../../src/capabilities/rooms/rules.ts'
import { TASKS_SIZE_MAX } from '../../src/capabilities/tasks/state.ts'

import { handOverText, ownerKeyFromSeed } from '../../src/identity/owner.ts'

import { checkEntry } from '../../src/log/entry.ts'
import type { Placed } from '../../src/log/types.ts'
import { begun } from './signed-project.ts'

type Project = ReturnType<typeof begun>

const task = (p: Project, title = 't') => ({ id: p.thing(), title, priority: 'high', labels: [], depends_on: [] })
const reasonOf = async (signed: unknown) => (await checkEntry(signed)).fault?.reason
/** The last that somebody wrote, as `at` has it. */
const lastOf = (p: Project, who: string, at = who): Placed | undefined =>
  p
    .node(at)
    .replica.query({ author: p.did(who), limit: 1 })
    .map(({ id }) => p.node(at).replica.get(id))[0]

// What cannot be what its author signed.

test('who signs with another key than its author’s has written nothing', async (t) => {
  const p = begun({ bob: 'developer', mallory: 'developer' })
  const mallory = p.node('mallory').key
  for (const [author, type, facts] of [
    ['bob', 'task.create', task(p)],
    ['claude@bob', 'task.create', task(p)],
    ['alice', 'project.role', { who: p.did('mallory'), role: 'overseer' }],
  ] as const) {
    const { signed } = p.forge(author, type, facts, { signWith: mallory })
    t.is(await reasonOf(signed), 'bad_signature')
  }
})

test('of what was signed not one character can be changed', async (t) => {
  const p = begun({ bob: 'developer' })
  const written = p.write('bob', 'task.create', task(p), { description: 'the words' })
  const signed = p.node('bob').replica.signed(written.id)
  if (!signed) throw new Error('it is not there')
  t.is(await reasonOf(signed), undefined)
  const facts = JSON.parse(signed.facts)
  const header = JSON.parse(signed.header)
  const texts = JSON.parse(signed.texts ?? '')
  t.is(await reasonOf({ ...signed, facts: canonicalJson({ ...facts, title: 'other' }) }), 'wrong_hash')
  t.is(await reasonOf({ ...signed, facts: canonicalJson({ ...facts, more: 1 }) }), 'wrong_hash')
  t.is(await reasonOf({ ...signed, texts: canonicalJson({ ...texts, description: 'others' }) }), 'wrong_hash')
  t.is(await reasonOf({ ...signed, texts: canonicalJson({ description: 'the words' }) }), 'malformed')
  for (const change of [
    { author: p.did('claude@bob') },
    { lamport: 999 },
    { at: '2020-01-01T00:00:00.000Z' },
    { x: 1 },
  ])
    t.is(await reasonOf({ ...signed, header: canonicalJson({ ...header, ...change }) }), 'bad_signature')
  t.is(await reasonOf({ ...signed, header: signed.header.replace('{', '{ ') }), 'not_canonical')
})

test('texts that somebody leaves out come from another, and change no state', (t) => {
  const p = begun({ bob: 'developer', carol: 'developer' })
  const said = p.write('bob', 'room.message', { room: 'main', mentions: [] }, { text: 'hello' })
  const [whole] = p.lacking('bob', 'carol')
  if (!whole) throw new Error('nothing was sent')
  const { header, facts } = whole.signed
  const { replica } = p.node('carol')
  replica.admit([{ ...whole, texts: undefined, signed: { header, facts } }])
  t.is(replica.texts(said.id), undefined)
  t.is(replica.stateHash(), p.node('bob').replica.stateHash())
  replica.admit([whole])
  t.deepEqual(replica.texts(said.id), { text: 'hello' })
})

// What cannot stand where it says it stands.

test('places that an entry cannot have are seen, whatever it claims', (t) => {
  const p = begun({ bob: 'developer', mallory: 'developer' })
  const own = lastOf(p, 'mallory')
  const bobs = lastOf(p, 'bob', 'mallory')
  const last = Number.MAX_SAFE_INTEGER
  const cases: [Parameters<Project['forge']>[3], string][] = [
    [{ lamport: 1_000 }, 'wrong_lamport'],
    [{ lamport: last }, 'wrong_lamport'],
    [{ lamport: 2 }, 'wrong_lamport'],
    [{ seq: last }, 'wrong_prev'],
    [{ seq: 0 }, 'wrong_prev'],
    [{ prev: bobs }, 'wrong_prev'],
    [{ prev: undefined }, 'may_not_begin'],
    [{ prev: undefined, seq: 7 }, 'wrong_prev'],
    [{ heads: [own?.id ?? ''] }, 'wrong_heads'],
    [{ heads: [p.create.id, p.create.id] }, 'wrong_heads'],
  ]
  const { replica } = p.node('alice')
  const before = replica.stateHash()
  for (const [lie, reason] of cases) {
    const { faults, added } = replica.admit([p.forge('mallory', 'task.create', task(p), lie)], 'mallory')
    t.like(faults, [{ reason: reason as never, from: 'mallory' }])
    t.is(added.length, 0)
  }
  t.is(replica.stateHash(), before)
})

test('10,000 heads are no entry; so many tips are cited a part at a time', async (t) => {
  const p = begun({ mallory: 'developer' })
  const heads = Array.from({ length: 10_000 }, (_, index) => {
    const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
    return (
      p.create.id.slice(0, -3) +
      [index % 58, Math.floor(index / 58) % 58, Math.floor(index / 3364)].map((n) => letters[n]).join('')
    )
  })
  t.is(
    await reasonOf(p.forge('mallory', 'task.create', task(p), { heads: [...new Set(heads)], lamport: 9 }).signed),
    'too_large',
  )
  // Mallory forks 300 times: whoever writes next cites what one entry can.
  const prev = lastOf(p, 'mallory')
  const forks = Array.from({ length: 300 }, (_, index) =>
    p.forge('mallory', 'task.create', task(p, `${index}`), { prev, heads: [] }),
  )
  p.node('alice').replica.admit(forks)
  const first = p.write('alice', 'task.create', task(p))
  t.is(first.heads.length, 256)
  t.is(p.node('alice').replica.tips().length, 300 - 256 + 1)
  const second = p.write('alice', 'task.create', task(p))
  t.is(second.heads.length, 300 - 256)
  p.send('alice', 'mallory')
  t.is(p.node('mallory').replica.stateHash(), p.node('alice').replica.stateHash())
})

test('what names itself, or what nobody has, waits and is never more than waiting', (t) => {
  const p = begun({ mallory: 'developer', bob: 'developer' })
  const prev = lastOf(p, 'mallory')
  // The hash of what names it cannot be known before: a circle of entries waits for what never comes.
  const nowhere = `${p.create.id.slice(0, -4)}zzzz`
  const lost = p.forge('mallory', 'task.create', task(p), { prev, heads: [nowhere], lamport: (prev?.lamport ?? 0) + 1 })
  const { replica } = p.node('alice')
  const before = replica.stateHash()
  for (let round = 0; round < 3; round++) t.like(replica.admit([lost]), { added: [], missing: [nowhere], faults: [] })
  t.is(replica.stateHash(), before)
  t.is(replica.get(lost.id), undefined)
  t.is(p.attempt('alice', 'task.create', task(p)), 'counts')
})

test('an entry of one project is none of another', (t) => {
  const p = begun({ bob: 'developer', mallory: 'developer' })
  const other = begun({ bob: 'developer', mallory: 'developer' }, { name: 'other' })
  t.not(p.space, other.space)
  const [entry] = [p.forge('bob', 'task.create', task(p))]
  t.like(other.node('alice').replica.admit([entry]).faults, [{ reason: 'wrong_space' }])
  // Said anew for the other by whoever wrote it, its parents are not there; nobody else can say it anew.
  const again = p.forge('mallory', 'task.create', task(p), { space: other.space })
  t.is(other.node('alice').replica.admit([again]).added.length, 0)
  // Its acts of authority weigh nothing there either.
  const role = p.write('alice', 'project.role', { who: p.did('mallory'), role: 'overseer' })
  const [signed] = p.lacking('alice', 'bob').filter(({ id }) => id === role.id)
  if (!signed) throw new Error('it was not sent')
  t.like(other.node('bob').replica.admit([signed]).faults, [{ reason: 'wrong_space' }])
})

// Who was never let in.

test('an outsider begins no chain, whatever it begins with', (t) => {
  const p = begun({ bob: 'developer' })
  const invite = p.invite('alice', 'carol', 'developer')
  const stranger = p.node('stranger')
  // It got hold of the log somewhere.
  p.heal('alice', 'bob')
  stranger.replica.admit(p.all('alice'))
  const proof = { owner: `did:agora:owner:${p.did('stranger').slice('did:agora:'.length)}`, signature: 'AAAA' }
  const begins: [string, Record<string, unknown>][] = [
    ['task.create', task(p)],
    ['project.accept', { invitation: invite.body['id'] }],
    ['project.accept', { invitation: p.thing() }],
    ['project.create', { name: 'mine' }],
    ['project.role', { who: p.did('stranger'), role: 'overseer' }],
    ['project.transfer', { to: p.did('stranger') }],
    ['project.transfer', { to: p.did('stranger'), owner_proof: { ...proof, at: '2026-11-01T12:00:00.000Z' } }],
  ]
  const { replica } = p.node('alice')
  const before = replica.count()
  for (const [type, facts] of begins) {
    for (const heads of [replica.tips(), [invite.id], [p.create.id]]) {
      const entry = p.forge('stranger', type, facts, { prev: undefined, heads })
      t.like(replica.admit([entry]).faults, [{ reason: 'may_not_begin' }], type)
    }
  }
  t.is(replica.count(), before)
})

test('a project’s first entry is one, whoever writes another', async (t) => {
  const p = begun({ bob: 'developer' })
  const second = p.forge('stranger', 'project.create', { name: 'mine' }, { prev: undefined, heads: [], lamport: 1 })
  t.is(await reasonOf(second.signed), 'wrong_space')
  // A member’s, further on, means nothing.
  const third = p.lie('bob', 'project.create', { name: 'mine' })
  p.heal()
  t.is(p.verdict('alice', third), 'refused')
  t.is(p.standing('alice').owner, p.did('alice'))
})

test('a name makes nobody anybody: not the owner’s alias, not a role’s name, not letters like them', (t) => {
  const p = begun({ mallory: 'observer', bob: 'developer' })
  const tail = p.did('alice').slice(-6)
  for (const agent of ['alice', 'owner', 'overseer', `alice-${tail}`, 'аlice', tail]) {
    const author = `${agent}@mallory`
    if (!/^[\x20-\x7e]+$/.test(agent)) continue
    for (const [type, facts] of [
      ['project.role', { who: p.did('mallory'), role: 'overseer' }],
      ['project.archive', { archived: true }],
      ['project.transfer', { to: p.did('mallory') }],
      ['project.stage', { stage: 'review' }],
      ['task.create', task(p)],
      ['project.suspend', { who: p.did('alice') }],
    ] as const) {
      const entry = p.lie(author, type, facts)
      p.heal()
      t.is(p.verdict('alice', entry), 'denied', `${agent}: ${type}`)
    }
  }
})

// Chains that split.

test('a fork is nobody’s gain: before, during and after the suspension of who forks', (t) => {
  const p = begun({ bob: 'developer', carol: 'developer' })
  const base = lastOf(p, 'bob')
  const one = p.write('bob', 'task.create', task(p, 'one'))
  p.send('bob', 'alice')
  // Before: both branches are there and count.
  const before = p.lie('bob', 'task.create', task(p, 'before'), { prev: base, heads: [] })
  const { forks } = p.send('bob', 'alice')
  t.deepEqual(
    forks.map(({ id }) => id),
    [before.id],
  )
  t.is(p.verdict('alice', one), 'counts')
  t.is(p.verdict('alice', before), 'counts')
  // During: one that alice had not seen.
  const during = p.lie('bob', 'task.create', task(p, 'during'), { prev: base, heads: [] })
  p.send('bob', 'carol')
  const suspend = p.write('alice', 'project.suspend', { who: p.did('bob') })
  p.heal()
  // After: as if nothing had happened, or knowing it.
  const after = p.lie('bob', 'task.create', task(p, 'after'), { prev: base, heads: [] })
  const knowing = p.lie('bob', 'task.create', task(p, 'knowing'))
  const onFork = p.lie('bob', 'task.create', task(p, 'on'), { prev: before, heads: [] })
  p.heal()
  for (const name of ['alice', 'bob', 'carol']) {
    t.deepEqual(
      [one, before, during, after, onFork, knowing].map((entry) => p.verdict(name, entry)),
      ['counts', 'counts', 'held', 'held', 'held', 'denied'],
      name,
    )
  }
  t.deepEqual(p.node('carol').replica.verdict(during.id), { state: 'held', by: suspend.id })
})

// Not having seen.

test('old heads help nobody against suspension or demotion; a stage binds who has seen it', (t) => {
  const p = begun({ bob: 'overseer', carol: 'developer', dave: 'developer' })
  const old = lastOf(p, 'bob')
  const oldCarol = lastOf(p, 'carol')
  const oldDave = lastOf(p, 'dave')
  p.write('alice', 'project.role', { who: p.did('bob'), role: 'observer' })
  p.write('alice', 'project.suspend', { who: p.did('carol') })
  p.write('alice', 'project.stage', { stage: 'review' })
  p.heal()
  const lies = [
    p.lie('bob', 'task.create', task(p), { prev: old, heads: [] }),
    p.lie('bob', 'project.role', { who: p.did('dave'), role: 'tester' }, { prev: old, heads: [] }),
    p.lie('bob', 'room.message', { room: 'main', mentions: [], texts_hash: p.space }, { prev: old, heads: [] }),
    p.lie('carol', 'task.create', task(p), { prev: oldCarol, heads: [] }),
    p.lie('dave', 'task.create', task(p), { prev: oldDave, heads: [] }),
    p.lie('dave', 'task.create', task(p)),
  ]
  // An observer clocks in, so that is not held.
  const clock = p.lie('bob', 'project.clock_in', {}, { prev: old, heads: [] })
  p.heal()
  t.deepEqual(
    lies.map((entry) => p.verdict('alice', entry)),
    ['held', 'held', 'held', 'held', 'counts', 'denied'],
  )
  t.is(p.verdict('alice', clock), 'counts')
  // Whoever cheats with the stage is suspended for it, and all that is held.
  p.write('alice', 'project.suspend', { who: p.did('dave') })
  const more = p.lie('dave', 'task.create', task(p), { prev: oldDave, heads: [] })
  p.heal()
  t.is(p.verdict('alice', more), 'held')
})

test('suspensions and lifts that do not know of each other: what was not seen stands', (t) => {
  const p = begun({ bob: 'overseer', carol: 'overseer', dave: 'developer' })
  p.write('bob', 'project.suspend', { who: p.did('dave') })
  p.send('bob', 'alice')
  p.write('alice', 'project.unsuspend', { who: p.did('dave') })
  p.write('carol', 'project.suspend', { who: p.did('dave') })
  const work = p.write('dave', 'task.create', task(p))
  p.heal()
  t.not(p.standing('dave').suspendedBy(p.did('dave')), undefined)
  t.is(p.verdict('alice', work), 'held')
  t.is(p.attempt('dave', 'task.create', task(p)), 'suspended')
  p.write('alice', 'project.unsuspend', { who: p.did('dave') })
  p.heal()
  t.is(p.attempt('dave', 'task.create', task(p)), 'counts')
  t.is(p.verdict('dave', work), 'held')
  p.write('bob', 'project.reinstate', { entries: [work.id] })
  p.heal()
  t.is(p.verdict('dave', work), 'counts')
  t.is(p.node('dave').replica.stateHash(), p.node('alice').replica.stateHash())
})

test('an overseer strikes nobody whom the owner makes an overseer meanwhile', (t) => {
  const p = begun({ bob: 'overseer', carol: 'developer' })
  p.write('alice', 'project.role', { who: p.did('carol'), role: 'overseer' })
  p.write('bob', 'project.suspend', { who: p.did('carol') })
  p.write('bob', 'project.remove', { who: p.did('carol') })
  p.send('alice', 'carol')
  const deed = p.write('carol', 'project.stage', { stage: 'implementation' })
  p.heal()
  for (const name of ['alice', 'bob', 'carol']) {
    t.is(p.verdict(name, deed), 'counts')
    t.like(p.standing(name).roleOf(p.did('carol')), { role: 'overseer', suspended: false })
  }
})

test('two overseers can neither strike nor unmake each other, nor make a third', (t) => {
  const p = begun({ bob: 'overseer', carol: 'overseer', dave: 'developer' })
  const deeds: [string, Record<string, unknown>][] = [
    ['project.suspend', { who: p.did('carol') }],
    ['project.remove', { who: p.did('carol') }],
    ['project.role', { who: p.did('carol'), role: 'observer' }],
    ['project.role', { who: p.did('dave'), role: 'overseer' }],
    ['project.role', { who: p.did('claude@bob'), role: 'overseer' }],
    ['project.suspend', { who: p.did('alice') }],
    ['project.remove', { who: p.did('alice') }],
    ['project.role', { who: p.did('alice'), role: 'observer' }],
    ['project.transfer', { to: p.did('bob') }],
    ['project.archive', { archived: true }],
    ['project.update', { keeper: p.did('bob') }],
    ['project.update', { profile: { review: { overseer: [] } } }],
    ['project.update', { limits: { max_agents: 1 } }],
    ['project.invite', { id: p.thing(), to: p.did('erin'), role: 'overseer', expires_at: '2030-01-01T00:00:00.000Z' }],
  ]
  const lies = deeds.map(([type, facts]) => p.lie('bob', type, facts))
  p.heal('alice', 'bob', 'carol', 'dave')
  for (const [index, entry] of lies.entries()) t.is(p.verdict('alice', entry), 'denied', String(deeds[index]?.[0]))
})

test('what a removed member writes on is held or denied, and it is told no other', (t) => {
  const p = begun({ bob: 'developer', carol: 'developer' })
  const base = lastOf(p, 'bob')
  const invite = p.invite('alice', 'bob', 'developer')
  const remove = p.write('alice', 'project.remove', { who: p.did('bob') })
  const meanwhile = p.write('bob', 'task.create', task(p))
  p.heal()
  const lies = [
    p.lie('bob', 'task.create', task(p)),
    p.lie('bob', 'task.create', task(p), { prev: base, heads: [] }),
    // With an older invitation that still stood.
    p.lie('bob', 'project.accept', { invitation: invite.body['id'] }),
    p.lie('bob', 'project.accept', { invitation: invite.body['id'] }, { prev: undefined, heads: [invite.id] }),
    p.lie('bob', 'project.leave', {}, { prev: base, heads: [] }),
    p.lie('bob', 'task.create', task(p)),
  ]
  p.heal()
  t.is(p.verdict('alice', meanwhile), 'held')
  for (const name of ['alice', 'carol']) {
    t.false(p.standing(name).isMember(p.did('bob')))
    for (const entry of lies) {
      if (entry.type === 'project.accept') continue
      t.true(['held', 'denied'].includes(p.verdict(name, entry) ?? ''), entry.type)
    }
  }
  t.is(p.standing('alice').removedBy(p.did('bob')), remove.id)
  t.is(p.attempt('bob', 'task.create', task(p)), 'not_member')
})

// The project itself.

test('of hand-overs that do not know of each other one counts, the same everywhere, and whoever lost owns nothing', (t) => {
  const p = begun({ bob: 'developer', carol: 'developer', dave: 'developer', mallory: 'developer' })
  const base = lastOf(p, 'alice')
  const honest = p.write('alice', 'project.transfer', { to: p.did('bob') })
  for (const name of ['bob', 'carol', 'dave']) {
    p.send('alice', name)
    p.write(name, 'task.create', task(p))
  }
  // alice takes it back with a second one, as if before; mallory goes on from there.
  const stolen = p.forge('alice', 'project.transfer', { to: p.did('mallory') }, { prev: base, heads: [] })
  p.node('mallory').replica.admit([stolen])
  const archive = p.lie('mallory', 'project.archive', { archived: true })
  p.heal()
  for (const name of ['alice', 'bob', 'carol', 'dave', 'mallory']) {
    t.is(p.standing(name).owner, p.did('bob'), name)
    t.is(p.verdict(name, honest), 'counts')
    t.is(p.verdict(name, stolen), 'held')
    t.is(p.verdict(name, archive), 'denied')
    t.false(p.standing(name).archived)
  }
  t.is(new Set(p.members().map(({ replica }) => replica.stateHash())).size, 1)
})

test('the owner key’s word moves a project once, whoever says it again, and wherever they pretend to stand', (t) => {
  const owner = ownerKeyFromSeed(new Uint8Array(32).fill(9))
  const p = begun({ bob: 'developer', carol: 'developer' }, { facts: { owner_key: owner.did } })
  const at = '2026-11-01T12:00:00.000Z'
  const proofFor = (to: string) => ({ owner: owner.did, at, signature: owner.sign(handOverText(p.space, to, at)) })
  const facts = { to: p.did('bob'), owner_proof: proofFor(p.did('bob')) }
  const base = lastOf(p, 'bob')
  t.is(p.attempt('bob', 'project.transfer', { ...facts, to: p.did('carol') }), 'owner_only')
  t.is(p.attempt('bob', 'project.transfer', facts), 'counts')
  p.heal()
  t.is(p.standing('carol').owner, p.did('bob'))
  // Bob gives it to carol, and wants it back.
  p.write('bob', 'project.transfer', { to: p.did('carol') })
  p.heal()
  p.lie('bob', 'project.transfer', facts)
  p.lie('bob', 'project.transfer', facts, { prev: base, heads: [] })
  p.lie('bob', 'project.transfer', facts, { prev: base, heads: [p.create.id] })
  p.heal()
  for (const name of ['alice', 'bob', 'carol']) t.is(p.standing(name).owner, p.did('carol'), name)
  t.is(p.attempt('carol', 'project.archive', { archived: true }), 'counts')
  t.is(p.attempt('bob', 'project.archive', { archived: false }), 'not_permitted')
  // Another word of the key is another hand-over.
  const later = '2026-11-02T12:00:00.000Z'
  const signature = owner.sign(handOverText(p.space, p.did('alice'), later))
  p.write('alice', 'project.transfer', { to: p.did('alice'), owner_proof: { owner: owner.did, at: later, signature } })
  p.heal()
  t.is(p.standing('bob').owner, p.did('alice'))
})

test('the owner key’s word for one project is none in another', (t) => {
  const owner = ownerKeyFromSeed(new Uint8Array(32).fill(9))
  const [p, other] = ['p', 'q'].map((name) => begun({ bob: 'developer' }, { name, facts: { owner_key: owner.did } }))
  const at = '2026-11-01T12:00:00.000Z'
  const to = p?.did('bob') ?? ''
  const proof = { owner: owner.did, at, signature: owner.sign(handOverText(p?.space ?? '', to, at)) }
  t.is(p?.attempt('bob', 'project.transfer', { to, owner_proof: proof }), 'counts')
  t.is(other?.attempt('bob', 'project.transfer', { to, owner_proof: proof }), 'owner_only')
})

test('whose words a redaction takes away is told by what it follows alone', (t) => {
  const p = begun({ bob: 'developer', carol: 'developer' })
  const base = lastOf(p, 'bob')
  const said = p.write('bob', 'room.message', { room: 'main', mentions: [] }, { text: 'hello' })
  // As if bob had not said it yet: some hear of the redaction first.
  const redact = p.lie('bob', 'project.redact', { entry: said.id, of: p.did('bob') }, { prev: base, heads: [] })
  const [one, other] = [said, redact].map(({ id }) => p.all('bob').find((entry) => entry.id === id))
  if (!one || !other) throw new Error('they are not there')
  p.node('alice').replica.admit([one, other])
  p.node('carol').replica.admit([other])
  p.node('carol').replica.admit([one])
  t.deepEqual(p.node('alice').replica.verdict(redact.id), p.node('carol').replica.verdict(redact.id))
  t.deepEqual(p.node('carol').replica.texts(said.id), { text: 'hello' })
})

test('who stops everybody with a type that nobody knows is suspended, and all goes on', (t) => {
  const p = begun({ bob: 'developer', carol: 'overseer', mallory: 'observer', zoe: 'observer' })
  const unknown = p.lie('mallory', 'task.explode', { id: p.thing() })
  p.send('mallory', 'zoe')
  const other = p.lie('zoe', 'lock.grant', {})
  const onTop = p.lie('mallory', 'room.leap', {}, {})
  p.heal()
  for (const name of ['alice', 'bob', 'carol']) {
    t.is(p.node(name).replica.upgradeNeeded(), 'task.explode')
    t.is(p.attempt(name, 'task.create', task(p)), 'upgrade_needed')
  }
  // Who is suspended without being the one changes nothing; bob may not anyway.
  t.is(p.attempt('bob', 'project.suspend', { who: p.did('mallory') }), 'not_permitted')
  const one = p.write('carol', 'project.suspend', { who: p.did('mallory') })
  t.is(p.node('carol').replica.upgradeNeeded(), 'lock.grant')
  p.heal()
  p.write('alice', 'project.remove', { who: p.did('zoe') })
  p.heal()
  for (const name of ['alice', 'bob', 'carol']) {
    const { replica } = p.node(name)
    t.is(replica.upgradeNeeded(), undefined)
    t.deepEqual(replica.verdict(unknown.id), { state: 'held', by: one.id })
    t.is(replica.verdict(other.id)?.state, 'held')
    t.is(replica.verdict(onTop.id)?.state, 'held')
    t.is(p.attempt(name, 'task.create', task(p)), 'counts')
  }
  p.heal()
  t.is(new Set(p.members().map(({ replica }) => replica.stateHash())).size, 1)
  // Also for whoever comes new.
  t.is(p.fresh(p.all('bob')).stateHash(), p.node('bob').replica.stateHash())
})

// Too much.

test('a flood of entries whose parents never come takes no more than its bounds, and stops nobody', (t) => {
  const p = begun({ bob: 'developer', mallory: 'developer' })
  const prev = lastOf(p, 'mallory')
  const lamport = (prev?.lamport ?? 0) + 1
  const missing = p.forge('mallory', 'task.create', task(p), { prev, heads: [], lamport })
  const orphans = Array.from({ length: 10_500 }, (_, index) =>
    p.forge(
      'mallory',
      'project.audit',
      { action: `${index}` },
      { prev: undefined, seq: 1, heads: [missing.id], lamport },
    ),
  )
  const { replica } = p.node('alice')
  for (let from = 0; from < orphans.length; from += 500) {
    const { added, missing: wanted } = replica.admit(orphans.slice(from, from + 500), 'mallory')
    t.is(added.length, 0)
    t.deepEqual(wanted, [missing.id])
  }
  t.is(p.attempt('bob', 'task.create', task(p)), 'counts')
  p.heal('alice', 'bob')
  t.is(replica.stateHash(), p.node('bob').replica.stateHash())
  // Once it comes, all that waited for it turn out to be none, but for the oldest, which were forgotten.
  const { added, faults } = replica.admit([missing])
  t.is(added.length, 1)
  t.is(faults.length, 10_000)
})

test('titles and labels of tasks are bounded; deleting makes room', (t) => {
  const p = begun({ bob: 'developer', mallory: 'developer' })
  const long = 'x'.repeat(500)
  const labels = Array.from({ length: 20 }, (_, index) => 'y'.repeat(60) + String(1000 + index))
  const many = Math.ceil(TASKS_SIZE_MAX / (500 + 20 * 64)) + 5
  const entries = Array.from({ length: many }, () => {
    const entry = p.forge('mallory', 'task.create', { ...task(p, long), labels })
    p.node('mallory').replica.admit([entry])
    return entry
  })
  p.send('mallory', 'alice')
  p.send('alice', 'bob')
  const { replica } = p.node('bob')
  t.is(replica.verdict(entries[0]?.id ?? '')?.state, 'counts')
  t.like(replica.verdict(entries.at(-1)?.id ?? ''), { state: 'refused', code: 'limit_reached' })
  t.is(p.attempt('bob', 'task.create', { ...task(p, long), labels }), 'limit_reached')
  t.is(p.attempt('alice', 'task.delete', { task: entries[0]?.body['id'], override: true }), 'counts')
  p.send('alice', 'bob')
  t.is(p.attempt('bob', 'task.create', { ...task(p, long), labels }), 'counts')
  p.heal('alice', 'bob')
  t.is(replica.stateHash(), p.node('alice').replica.stateHash())
})

test('a node is clocked in as so many agents and no more; rooms are bounded too', (t) => {
  const p = begun({ mallory: 'developer', bob: 'developer' })
  const { replica } = p.node('mallory')
  const verdicts = (count: number, type: string, facts: (index: number) => Record<string, unknown>, who = 'mallory') =>
    Array.from({ length: count }, (_, index) => {
      const entry = p.forge(who.replace('*', String(index)), type, facts(index))
      replica.admit([entry])
      return replica.verdict(entry.id)
    })
  const clocks = verdicts(CLOCKED_IN_MAX + 1, 'project.clock_in', () => ({}), 'agent-*@mallory')
  t.is(clocks.at(-2)?.state, 'counts')
  t.like(clocks.at(-1), { state: 'refused', code: 'limit_reached' })
  const rooms = verdicts(ROOMS_MAX + 1, 'room.create', (index) => ({ id: p.thing(), name: `room ${index}` }))
  t.is(rooms.at(-2)?.state, 'counts')
  t.like(rooms.at(-1), { state: 'refused', code: 'limit_reached' })
  p.send('mallory', 'bob')
  t.is(p.attempt('claude@bob', 'project.clock_in'), 'counts')
  // With its author all of it goes.
  p.heal()
  p.write('alice', 'project.suspend', { who: p.did('mallory') })
  t.is(p.node('alice').replica.state().size('clocked_in'), 1)
})

test('a keeper that dates its grants ahead binds nobody who comes after it', (t) => {
  const p = begun({ bob: 'developer', mallory: 'developer' })
  const one = task(p)
  p.write('bob', 'task.create', one)
  p.heal()
  p.write('alice', 'project.update', { keeper: p.did('mallory') })
  p.heal()
  const claim = (epoch: number, holder: string) => ({
    ...{ task: one.id, holder: p.did(holder), token: [epoch, 1], until: '2030-01-01T00:00:00.000Z' },
  })
  const { epoch } = p.standing('mallory').keeper
  const poisoned = p.lie('mallory', 'task.claim', claim(Number.MAX_SAFE_INTEGER, 'mallory'))
  const fair = p.lie('mallory', 'task.claim', claim(epoch, 'mallory'))
  p.heal()
  t.deepEqual(
    [poisoned, fair].map((entry) => p.verdict('alice', entry)),
    ['denied', 'counts'],
  )
  p.write('alice', 'project.update', { keeper: p.did('alice') })
  const release = { task: one.id, because: 'lapsed' }
  t.is(p.attempt('alice', 'task.release', release), 'not_permitted')
  t.is(p.attempt('alice', 'task.release', { ...release, token: [epoch, 1] }), 'counts')
  t.is(p.attempt('alice', 'task.claim', claim(p.standing('alice').keeper.epoch, 'bob')), 'counts')
  // Who was the keeper and does not want to know that it is none any more takes nothing back.
  p.lie('mallory', 'task.claim', { ...claim(epoch, 'mallory'), token: [epoch, 2] })
  const { epoch: later } = p.standing('alice').keeper
  // With others' later entries, which do not know of it either, it comes behind what alice grants.
  for (let count = 0; count < 5; count++) p.write('bob', 'project.audit', { action: 'a' })
  p.send('bob', 'mallory')
  const ends = p.lie('mallory', 'task.release', { ...release, token: [later, 1] })
  p.heal()
  t.is(p.verdict('bob', ends), 'denied')
  for (const name of ['alice', 'bob', 'mallory'])
    t.is(p.node(name).replica.state().get('task_claims', one.id)?.holder, p.did('bob'))
})
