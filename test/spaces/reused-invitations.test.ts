import test from 'ava'
import { rfc3339 } from '../../src/base/clock.ts'
import type { GivenRole } from '../../src/spaces/project-facts.ts'
import { begun } from './signed-project.ts'

/**
 * alice, who owns the project, invites bob, who has nothing of its log yet. mallory, an overseer, reads that, and signs invitations with the same id that
 * pretend not to know of it.
 */
function reused(role: GivenRole, people: Record<string, string> = {}) {
  const p = begun({ mallory: 'overseer', ...people })
  for (let notes = 0; notes < 3; notes++) p.write('alice', 'project.audit', { action: 'n' })
  const invite = p.invite('alice', 'bob', role)
  const { id } = invite.body
  p.heal('alice', 'mallory', ...Object.keys(people))
  return {
    p,
    invite,
    id: String(id),
    /** Of the same id, as if it had been written at the same time: before alice's by place, or after it. */
    again(to: string, as: GivenRole, place: 'before' | 'after') {
      const facts = { id, to: p.did(to), role: as, expires_at: rfc3339(p.clock.now() + 1e9) }
      for (let notes = 0; notes < (place === 'after' ? 8 : 0); notes++)
        p.lie('mallory', 'project.audit', { action: 'n' }, { heads: [] })
      return p.lie('mallory', 'project.invite', facts, { heads: [] })
    },
    /** How somebody stands in the end, wherever it is asked; all logs agree. */
    role(who: string): string | undefined {
      p.heal()
      const roles = p.members().map(({ name }) => p.standing(name).roleOf(p.did(who))?.role)
      const hashes = new Set(p.members().map(({ name }) => p.node(name).replica.stateHash()))
      return new Set(roles).size === 1 && hashes.size === 1 ? roles[0] : `not agreed: ${roles}`
    },
  }
}

for (const place of ['before', 'after'] as const) {
  test(`an invitation of the same id, ${place} it by place, lets nobody in whom it does not name, nor higher than it says`, (t) => {
    const { p, again, role } = reused('overseer')
    const forged = again('dave', 'observer', place)
    p.accept('dave', forged, 'mallory')
    t.is(role('dave'), 'observer')
    t.is(p.standing('alice').rankOf(p.did('dave')), 'member')
    t.is(role('bob'), undefined)
  })

  test(`and does not take it from whom it was for, ${place} it by place`, (t) => {
    const { p, invite, again, role } = reused('overseer')
    const forged = again('dave', 'observer', place)
    p.accept('dave', forged, 'mallory')
    p.accept('bob', invite, 'alice')
    t.is(role('bob'), 'overseer')
    t.is(role('dave'), 'observer')
    t.is(p.standing('mallory').rankOf(p.did('bob')), 'overseer')
  })

  test(`nor makes less of it, ${place} it by place`, (t) => {
    const { p, invite, again, role } = reused('overseer')
    again('bob', 'observer', place)
    p.accept('bob', invite, 'alice')
    t.is(role('bob'), 'overseer')
    t.is(p.standing('mallory').rankOf(p.did('bob')), 'overseer')
  })

  test(`whoever takes back an invitation of the same id, ${place} it by place, takes back no other`, (t) => {
    const { p, invite, id, again, role } = reused('overseer')
    const forged = again('dave', 'observer', place)
    p.lie('mallory', 'project.withdraw', { invitation: id }, { heads: [], prev: forged })
    p.heal('alice', 'mallory')
    p.accept('bob', invite, 'alice')
    t.is(role('bob'), 'overseer')
  })
}

for (const place of ['before', 'after'] as const) {
  test(`who has seen both answers the one that is for its node, ${place} the other by place`, (t) => {
    const { p, again, role, id } = reused('tester', { carol: 'developer' })
    again('codex@carol', 'observer', place)
    p.heal()
    p.write('carol', 'project.accept', { invitation: id })
    t.is(role('codex@carol'), 'observer')
  })
}

test('an id that is known is not used again', (t) => {
  const { p, id } = reused('tester')
  const facts = { id, to: p.did('dave'), role: 'tester', expires_at: rfc3339(p.clock.now() + 1e9) }
  t.is(p.attempt('mallory', 'project.invite', facts), 'already_exists')
  const lie = p.lie('mallory', 'project.invite', facts)
  p.heal('alice', 'mallory')
  t.is(p.verdict('alice', lie), 'refused')
})
