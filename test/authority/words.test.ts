import test from 'ava'
import { may } from '../../src/authority/may.ts'
import { defaultProfile, type Role, roles, roleTable, type Stage } from '../../src/authority/roles.ts'
import type { SpacePermission } from '../../src/contract/permissions.ts'

const refusal = (permission: SpacePermission, role: Role, stage: Stage = 'implementation', node = role): string => {
  const standing = {
    ...{ stage, profile: defaultProfile, archived: false },
    roleOf: () => ({ role, node, suspended: false }),
  }
  const verdict = may({ kind: 'author', did: 'did:agora:z1' }, permission, standing)
  return verdict.allow ? '' : `${verdict.code}: ${verdict.reason}`
}

test('a refusal says in plain words who may not do what, and who may', (t) => {
  t.is(
    refusal('task.assign', 'developer'),
    'not_permitted: A developer may not give tasks to others; the owner and overseers may.',
  )
  t.is(
    refusal('task.claim', 'tester', 'review'),
    'not_permitted: A tester may not claim tasks in the stage review; the owner and overseers may.',
  )
  t.is(
    refusal('project.archive', 'overseer'),
    'not_permitted: An overseer may not archive the project, or take it up again; the owner may.',
  )
  t.is(
    refusal('task.create', 'developer', 'implementation', 'observer'),
    'not_permitted: The node is an observer here, and an observer may not make tasks; the owner, overseers, developers and testers may.',
  )
  for (const role of roles)
    for (const permission of Object.keys(roleTable) as SpacePermission[])
      t.false(refusal(permission, role).includes('.'.concat(permission.split('.')[1] ?? '')))
})
