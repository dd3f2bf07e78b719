import test from 'ava'
import { ticksOf } from '../../dashboard/src/pages/projects/timeline/ticks.ts'
import { permissionGroups, stageChanges, stages } from '../../dashboard/src/pages/projects/words.ts'
import { defaultProfile, roleTable } from '../../src/authority/roles.ts'

test('what a stage changes is said of whom it concerns, both ways', (t) => {
  t.deepEqual(stageChanges(defaultProfile, 'implementation', 'review'), [
    'Developers and testers can no longer make tasks, change or complete tasks, claim tasks and delete tasks.',
  ])
  t.deepEqual(stageChanges(defaultProfile, 'review', 'integration'), [
    'Developers and testers can again make tasks, change or complete tasks, claim tasks and delete tasks.',
  ])
  t.deepEqual(stageChanges(defaultProfile, 'investigation', 'implementation'), [])
  const profile = { review: { observer: ['room.message'], overseer: ['project.stage'] } } as const
  t.deepEqual(stageChanges(profile, 'investigation', 'review'), ['Overseers can no longer set the stage.'])
  t.is(stages.length, 5)
})

test('every permission of a project that a role has or lacks is told, once', (t) => {
  const told = permissionGroups.flatMap(({ permissions }) => permissions)
  t.is(new Set(told).size, told.length)
  // To read, to clock in and to tell of a denial is everybody's.
  const everybodys = Object.entries(roleTable).filter(([, who]) => who.length === 7)
  t.deepEqual([...told, ...everybodys.map(([name]) => name)].sort(), Object.keys(roleTable).sort())
})

test('the axis of time has few marks, at full times, within what is shown', (t) => {
  const to = Date.UTC(2026, 10, 24, 15, 47, 12)
  for (const minutes of [5, 60, 24 * 60, 7 * 24 * 60, 40 * 24 * 60, 3000 * 24 * 60]) {
    const from = to - minutes * 60_000
    const ticks = ticksOf(from, to)
    t.true(ticks.length >= 2 && ticks.length <= 6, String(minutes))
    for (const { at, label } of ticks) {
      t.true(at > from && at < to)
      t.is(at % 60_000, 0)
      t.not(label, '')
    }
    t.is(new Set(ticks.map(({ label }) => label)).size, ticks.length)
  }
})
