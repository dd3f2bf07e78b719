import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'ava'

/** The floors of the house, as CONTRIBUTING.md draws them: the first pattern that fits a file says its floor. */
const floors: [RegExp, number][] = [
  [/^(base\/|config(-file)?\.ts$)/, 0],
  [/^(contract|identity)\//, 1],
  [/^(capabilities\/[^/]+\/(schema|operations|rules|facts|state|dependencies|claims)\.ts$|authority\/)/, 2],
  [/^(operations\.ts$|routes\.ts$|spaces\/|log\/|store\/|client\/)/, 3],
  [/^core\//, 4],
  [/^capabilities\//, 5],
  [/^(p2p|http|mcp)\//, 6],
  [/^(daemon|(node|space)-parts)\.ts$/, 7],
  [/^(cli\/|bin\.ts$)/, 8],
]
/** What may not meet: two parts of the sixth floor, and a capability with more than another's schema. */
const STRANGERS = /^(p2p|http|mcp)\/.* (p2p|http|mcp)\/|^capabilities\/.* capabilities\/(?!.*\/schema\.ts$)/
/** Every import of a file of ours, types and lazy ones too; the first group is what stands before the path. */
const IMPORT = /^(?:import|export)\b([^'";]*?)'(\.[^']+\.tsx?)'|\bimport\('(\.[^']+\.tsx?)'\)/gm

const floorOf = (file: string): number => floors.find(([pattern]) => pattern.test(file))?.[1] ?? Number.NaN
const roomOf = (file: string): string | undefined => /^(capabilities\/)?[^/]+/.exec(file)?.[0]
const edgesOf = (root: string) =>
  globSync('**/*.{ts,tsx}', { cwd: root }).flatMap((from) => {
    const found = readFileSync(join(root, from), 'utf8').matchAll(IMPORT)
    return [...found].map(([, what = '', path, lazy = '']) => ({ from, to: join(dirname(from), path ?? lazy), what }))
  })
const edges = edgesOf('src')
const ofDashboard = edgesOf('dashboard/src')
const shown = (list: typeof edges): string[] => list.map(({ from, to }) => `${from} ${to}`)

test('every file stands on a floor and imports only from its own or a lower one', (t) => {
  t.true(edges.length > 100)
  t.deepEqual(shown(edges.filter(({ from, to }) => !(floorOf(from) >= floorOf(to)))), [])
})

test('parts of one floor do not know each other, capabilities only each other’s schema', (t) => {
  const crossing = edges.filter(({ from, to }) => roomOf(from) !== roomOf(to))
  const meeting = shown(crossing).filter((edge) => STRANGERS.test(edge))
  t.deepEqual(meeting, [])
})

test('imports go in no circle', (t) => {
  let left = [
    ...edges,
    ...ofDashboard.map(({ from, to, what }) => ({ from: `dashboard/${from}`, to: `dashboard/${to}`, what })),
  ]
  for (let before = 0; before !== left.length; ) {
    before = left.length
    const importers = new Set(left.map(({ from }) => from))
    const imported = new Set(left.map(({ to }) => to))
    // What imports nothing that is left, or is imported by nothing that is left, is in no circle.
    left = left.filter(({ from, to }) => importers.has(to) && imported.has(from))
  }
  t.deepEqual(shown(left), [])
})

test('one function decides; the calls and the fold ask it, and nothing else', (t) => {
  const takesMay = (what: string) => !/^\s*type\b/.test(what) && /^$|\*|\bmay\b/.test(what.replace(/\btype\s+\w+/g, ''))
  const asking = edges.filter(({ to, what }) => to === 'authority/may.ts' && takesMay(what))
  const askers = asking.map(({ from }) => from)
  t.deepEqual(
    askers.filter((from) => !from.startsWith('spaces/')),
    ['core/dispatch.ts'],
  )
})

test('the dashboard is a client: of the daemon it takes the typed client, formats, shapes and what checks a log, and nothing else', (t) => {
  const outside = ofDashboard
    .filter(({ to }) => to.startsWith('../../src/'))
    .map((edge) => ({ ...edge, to: edge.to.slice(6) }))
  t.true(outside.length > 5)
  const allowed =
    /^src\/(client\/|base\/|contract\/|authority\/(roles|trust|words)\.ts$|capabilities\/[^/]+\/schema\.ts$|log\/(verify|checked|chains|place-entry|types)\.ts$)/
  const wrong = outside.filter(
    ({ to, what }) => !allowed.test(to) && !(to === 'src/operations.ts' && /^\s*type\b/.test(what)),
  )
  t.deepEqual(
    wrong.map(({ from, to }) => `${from} ${to}`),
    [],
  )
})
