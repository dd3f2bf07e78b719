import test from 'ava'
import { judgeProject } from '../../src/spaces/judge.ts'
import { begun, paperProject } from './paper-log.ts'

const task = (title: string) => ({ id: title, title })

test('whoever creates a project owns it, and members do what their role allows', (t) => {
  const p = begun({ bob: 'developer', carol: 'observer' })
  t.is(p.verdict(p.write('bob', 'task.create', task('a'))), 'counts')
  t.is(p.verdict(p.write('carol', 'task.create', task('b'))), 'denied')
  t.is(p.role('alice')?.role, 'owner')
  t.is(p.role('dave'), undefined)
})

test('an agent has its node’s role but no more than developer, unless it was given one', (t) => {
  const p = begun({ bob: 'reviewer' })
  t.is(p.role('claude@alice')?.role, 'developer')
  t.is(p.verdict(p.write('claude@alice', 'project.stage', { stage: 'review' })), 'denied')
  p.write('alice', 'project.role', { who: p.did('claude@alice'), role: 'overseer' })
  t.is(p.verdict(p.write('claude@alice', 'project.stage', { stage: 'review' })), 'counts')
  // What its node may not, it may not either.
  p.write('alice', 'project.role', { who: p.did('codex@bob'), role: 'developer' })
  p.sees('bob', 'alice')
  t.is(p.verdict(p.write('codex@bob', 'task.create', task('a'))), 'denied')
})

test('the agent that creates a project leads it', (t) => {
  const p = paperProject()
  p.write('claude@alice', 'project.create', { name: 'p' })
  t.is(p.role('claude@alice')?.role, 'overseer')
  t.is(p.role('alice')?.role, 'owner')
  t.is(p.role('codex@alice')?.role, 'developer')
})

test('only the owner makes and unmakes overseers', (t) => {
  const p = begun({ bob: 'overseer', carol: 'developer' })
  t.is(p.verdict(p.write('bob', 'project.role', { who: p.did('carol'), role: 'overseer' })), 'denied')
  t.is(p.verdict(p.write('carol', 'project.role', { who: p.did('carol'), role: 'overseer' })), 'denied')
  t.is(p.verdict(p.write('bob', 'project.role', { who: p.did('carol'), role: 'tester' })), 'counts')
  t.is(p.verdict(p.write('alice', 'project.role', { who: p.did('carol'), role: 'overseer' })), 'counts')
  p.sees('bob', 'alice')
  t.is(p.verdict(p.write('bob', 'project.suspend', { who: p.did('carol') })), 'denied')
  t.is(p.verdict(p.write('bob', 'project.remove', { who: p.did('alice') })), 'denied')
})

test('a suspension holds what its target wrote without having seen it, and denies what it writes knowing it', (t) => {
  const p = begun({ bob: 'developer', carol: 'overseer' })
  const before = p.write('bob', 'task.create', task('seen'))
  p.sees('carol', before)
  const suspend = p.write('carol', 'project.suspend', { who: p.did('bob') })
  const meanwhile = p.write('bob', 'task.create', task('meanwhile'))
  t.is(p.verdict(before), 'counts')
  t.is(p.verdict(meanwhile), 'held')
  t.deepEqual(p.judgement().content(meanwhile, ['task.create']), { state: 'held', by: suspend.id })
  p.sees('bob', suspend)
  t.is(p.verdict(p.write('bob', 'task.create', task('knowing'))), 'denied')
  t.is(p.role('bob')?.suspended, true)
})

test('to pretend not to have seen a suspension helps nobody, neither by old parents nor by a fork', (t) => {
  const p = begun({ bob: 'developer' })
  const old = p.write('bob', 'task.create', task('old'))
  p.sees('alice', 'bob')
  const suspend = p.write('alice', 'project.suspend', { who: p.did('bob') })
  p.sees('bob', suspend)
  const backdated = p.pretend('bob', 'task.create', task('backdated'), [old], old)
  t.is(p.verdict(backdated), 'held')
  const fork = p.pretend('bob', 'task.create', task('fork'), [old], p.log.view.placed(old.prev ?? '') ?? null)
  t.is(p.verdict(fork), 'held')
  t.is(p.verdict(old), 'counts')
})

test('lifting a suspension lets its target write again; what was held comes back by being reinstated', (t) => {
  const p = begun({ bob: 'developer' })
  p.write('alice', 'project.suspend', { who: p.did('bob') })
  const first = p.write('bob', 'task.create', task('first'))
  const second = p.write('bob', 'task.create', task('second'))
  const third = p.write('bob', 'task.create', task('third'))
  p.allSee('alice', 'bob')
  p.write('alice', 'project.unsuspend', { who: p.did('bob') })
  p.sees('bob', 'alice')
  t.is(p.verdict(p.write('bob', 'task.create', task('after'))), 'counts')
  t.is(p.verdict(first), 'held')
  p.write('alice', 'project.reinstate', { entries: [second.id] })
  t.is(p.verdict(first), 'counts')
  t.is(p.verdict(second), 'counts')
  t.is(p.verdict(third), 'held')
})

test('a lift reaches only what its author had seen', (t) => {
  const p = begun({ bob: 'developer', carol: 'overseer', dave: 'overseer' })
  p.write('carol', 'project.suspend', { who: p.did('bob') })
  p.sees('alice', 'carol')
  p.write('dave', 'project.suspend', { who: p.did('bob') })
  p.write('alice', 'project.unsuspend', { who: p.did('bob') })
  t.is(p.role('bob')?.suspended, true)
  p.sees('alice', 'dave')
  p.write('alice', 'project.unsuspend', { who: p.did('bob') })
  t.is(p.role('bob')?.suspended, false)
})

test('an overseer strikes nobody whom the owner is making an overseer at that moment', (t) => {
  const p = begun({ bob: 'overseer', carol: 'developer' })
  p.write('alice', 'project.role', { who: p.did('carol'), role: 'overseer' })
  p.write('bob', 'project.suspend', { who: p.did('carol') })
  p.write('bob', 'project.role', { who: p.did('carol'), role: 'observer' })
  p.sees('carol', 'alice')
  const work = p.write('carol', 'task.create', task('work'))
  t.is(p.verdict(work), 'counts')
  t.is(p.role('carol')?.role, 'overseer')
  t.is(p.role('carol')?.suspended, false)
})

test('two overseers cannot strike each other, and the owner strikes both', (t) => {
  const p = begun({ bob: 'overseer', carol: 'overseer' })
  const one = p.write('bob', 'project.suspend', { who: p.did('carol') })
  const other = p.write('carol', 'project.suspend', { who: p.did('bob') })
  t.deepEqual([p.verdict(one), p.verdict(other)], ['denied', 'denied'])
  p.write('alice', 'project.suspend', { who: p.did('bob') })
  const held = p.write('bob', 'project.stage', { stage: 'review' })
  t.is(p.verdict(held), 'held')
})

test('an unmaking holds what the new role forbids, what hangs on it too, and only the owner brings that back', (t) => {
  const p = begun({ bob: 'overseer', carol: 'overseer' })
  p.write('alice', 'project.role', { who: p.did('bob'), role: 'developer' })
  const work = p.write('bob', 'task.create', task('still allowed'))
  const { invite, accept } = p.invite('bob', 'dave', 'developer')
  const daves = p.write('dave', 'task.create', task('by dave'))
  t.is(p.verdict(work), 'counts')
  t.deepEqual([invite, accept, daves].map(p.verdict), ['held', 'held', 'held'])
  p.sees('carol', 'alice', 'bob', 'dave')
  p.write('carol', 'project.reinstate', { entries: [invite.id] })
  t.is(p.verdict(invite), 'held')
  p.sees('alice', 'bob', 'dave')
  p.write('alice', 'project.reinstate', { entries: [invite.id] })
  t.deepEqual([invite, accept, daves].map(p.verdict), ['counts', 'counts', 'counts'])
})

test('a removed node writes nothing that counts until it is invited anew', (t) => {
  const p = begun({ bob: 'developer' })
  p.write('alice', 'project.remove', { who: p.did('bob') })
  t.is(p.verdict(p.write('bob', 'task.create', task('unaware'))), 'held')
  p.sees('bob', 'alice')
  t.is(p.verdict(p.write('bob', 'task.create', task('defiant'))), 'denied')
  t.is(p.role('bob'), undefined)
  p.sees('alice', 'bob')
  p.invite('alice', 'bob', 'tester')
  t.is(p.role('bob')?.role, 'tester')
  t.is(p.verdict(p.write('bob', 'task.create', task('again'))), 'counts')
})

test('an invitation is answered once, by whom it names, while it stands', (t) => {
  const p = begun({ bob: 'developer', carol: 'developer' })
  const id = 'c0ffee00-0000-4000-8000-000000000001'
  const invite = p.write('alice', 'project.invite', {
    ...{ id, to: p.did('dave'), role: 'tester', expires_at: '2030-01-01T00:00:00.000Z' },
  })
  p.sees('bob', invite)
  t.is(p.verdict(p.write('bob', 'project.accept', { invitation: id })), 'denied')
  p.write('alice', 'project.withdraw', { invitation: id })
  p.sees('dave', 'alice')
  t.is(p.verdict(p.write('dave', 'project.accept', { invitation: id })), 'refused')
  t.is(p.role('dave'), undefined)
})

test('ownership goes over, and what the giver wrote meanwhile as owner is held', (t) => {
  const p = begun({ bob: 'developer', carol: 'developer' })
  const transfer = p.write('alice', 'project.transfer', { to: p.did('bob') })
  const create = p.log.view.placed(transfer.prev ?? '')
  t.is(p.role('bob')?.role, 'owner')
  t.is(p.role('alice')?.role, 'overseer')
  const backdated = p.pretend('alice', 'project.archive', { archived: true }, create ? [create] : [], create)
  t.is(p.verdict(backdated), 'held')
  p.sees('bob', transfer)
  t.is(p.verdict(p.write('bob', 'project.archive', { archived: true })), 'counts')
  t.is(p.verdict(p.write('alice', 'project.archive', { archived: false })), 'denied')
})

test('of two hand-overs made without knowing of each other the one counts that more members saw first', (t) => {
  const p = begun({ bob: 'developer', carol: 'developer', dave: 'developer', erin: 'developer' })
  const last = p.log
    .ordered()
    .filter(({ node }) => node === p.did('alice'))
    .at(-1)
  const honest = p.write('alice', 'project.transfer', { to: p.did('bob') })
  for (const name of ['bob', 'carol', 'erin']) {
    p.sees(name, honest)
    p.write(name, 'task.create', task(name))
  }
  // Later, with older parents, so with a lower place.
  const stolen = p.pretend('alice', 'project.transfer', { to: p.did('dave') }, last ? [last] : [], last)
  p.sees('dave', stolen)
  p.write('dave', 'task.create', task('dave'))
  t.true(stolen.lamport <= honest.lamport)
  t.is(p.verdict(honest), 'counts')
  t.is(p.verdict(stolen), 'held')
  t.is(p.role('bob')?.role, 'owner')
})

test('an agent’s word does not deploy', (t) => {
  const p = begun({})
  p.write('alice', 'project.role', { who: p.did('claude@alice'), role: 'overseer' })
  t.is(p.verdict(p.write('claude@alice', 'project.stage', { stage: 'integration' })), 'counts')
  t.is(p.verdict(p.write('claude@alice', 'project.stage', { stage: 'deployment' })), 'denied')
  t.is(p.verdict(p.write('alice', 'project.stage', { stage: 'deployment' })), 'counts')
})

test('a suspension of one agent leaves the others of its node alone', (t) => {
  const p = begun({ bob: 'developer' })
  p.write('alice', 'project.suspend', { who: p.did('claude@bob') })
  t.is(p.verdict(p.write('claude@bob', 'task.create', task('a'))), 'held')
  t.is(p.verdict(p.write('codex@bob', 'task.create', task('b'))), 'counts')
  t.is(p.verdict(p.write('bob', 'task.create', task('c'))), 'counts')
})

test('a change of stage binds who has seen it', (t) => {
  const p = begun({ bob: 'developer' })
  p.write('alice', 'project.stage', { stage: 'review' })
  t.is(p.verdict(p.write('bob', 'task.create', task('unaware'))), 'counts')
  p.sees('bob', 'alice')
  t.is(p.verdict(p.write('bob', 'task.create', task('aware'))), 'denied')
})

test('what an unmaking held of the work of one who came as an overseer, only the owner brings back', (t) => {
  const p = begun({ bob: 'overseer', carol: 'overseer' })
  p.write('alice', 'project.role', { who: p.did('bob'), role: 'observer' })
  const work = p.write('bob', 'task.create', task('a'))
  p.sees('carol', 'alice', 'bob')
  p.write('carol', 'project.reinstate', { entries: [work.id] })
  t.is(p.verdict(work), 'held')
  p.sees('alice', 'bob')
  p.write('alice', 'project.reinstate', { entries: [work.id] })
  t.is(p.verdict(work), 'counts')
})

test('an owner that came as an overseer cannot answer its invitation again, judged at once or bit by bit', (t) => {
  const p = begun({ bob: 'overseer' })
  const invitation = p.log.ordered().find(({ type }) => type === 'project.invite')?.body['id']
  p.write('alice', 'project.transfer', { to: p.did('bob') })
  p.sees('bob', 'alice')
  const before = p.log.judge()
  const again = p.write('bob', 'project.accept', { invitation })
  t.is(p.log.judge(before).verdicts.get(again.id)?.state, 'refused')
  t.is(judgeProject(p.log.view.authority(), p.log.view).verdicts.get(again.id)?.state, 'refused')
})

test('an agent that leaves gains nothing by it: it is out until it is given a role or invited, or its operator says so', (t) => {
  const p = begun({ bob: 'developer' })
  const claude = p.did('claude@bob')
  const work = () => p.verdict(p.write('claude@bob', 'task.create', task('a')))
  const leave = () => p.write('claude@bob', 'project.leave', { agent: claude })
  const giveRole = (role: string) => {
    p.sees('alice', 'bob')
    const given = p.write('alice', 'project.role', { who: claude, role })
    p.sees('bob', given)
  }
  giveRole('observer')
  t.is(work(), 'denied')
  t.is(p.verdict(leave()), 'counts')
  t.is(work(), 'denied')
  t.is(p.role('claude@bob'), undefined)
  t.is(p.verdict(leave()), 'denied')
  t.is(p.verdict(p.write('codex@bob', 'task.create', task('b'))), 'counts')
  giveRole('developer')
  t.is(work(), 'counts')
  leave()
  p.sees('alice', 'bob')
  p.invite('alice', 'claude@bob', 'tester')
  t.is(work(), 'counts')
  leave()
  p.write('bob', 'project.leave', { agent: claude })
  t.is(work(), 'counts')
})
