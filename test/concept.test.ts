import { readFileSync } from 'node:fs'
import test from 'ava'
import { FailureReason, Stage } from '../src/contract/envelope.ts'
import { permissions } from '../src/contract/permissions.ts'
import { conceptParts } from './helpers/concept.ts'

const concept = readFileSync('CONCEPT.md', 'utf8')
const lines = new Set(concept.split('\n'))

for (const [part, rows] of Object.entries(conceptParts)) {
  test(`CONCEPT prints the ${part} of the code`, (t) => {
    t.deepEqual(
      rows().filter((row) => !lines.has(row)),
      [],
    )
  })
}

test('CONCEPT names every stage, reason and permission', (t) => {
  const words = [...Stage.options, ...FailureReason.options, ...permissions]
  t.deepEqual(
    words.filter((word) => !concept.includes(`\`${word}\``)),
    [],
  )
})

test('every link within CONCEPT leads somewhere', (t) => {
  const titles = [...concept.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  )
  const links = [...concept.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target)
  t.deepEqual(
    links.filter((target) => !titles.includes(target)),
    [],
  )
})
