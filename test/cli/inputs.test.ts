import test from 'ava'
import { readInputs } from '../../src/cli/inputs.ts'

const title = [
  { name: 'project', needed: false },
  { name: 'title', needed: true },
]

test('what is needed has the first claim on what was typed', (t) => {
  const here = readInputs(title, ['Parse it'], {})
  t.deepEqual([here.maybe('project'), here.arg('title')], [undefined, 'Parse it'])
  const there = readInputs(title, ['7f3a', 'Parse it'], {})
  t.deepEqual([there.maybe('project'), there.arg('title')], ['7f3a', 'Parse it'])
  const last = readInputs(title.toReversed(), ['x'], {})
  t.deepEqual([last.maybe('project'), last.arg('title')], [undefined, 'x'])
  t.is(readInputs([], [], {}).maybe('project'), undefined)
})
