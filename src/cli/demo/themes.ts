/** One function of the sample library. */
export interface Piece {
  name: string
  about: string
  priority: 'low' | 'medium' | 'high' | 'critical'
  /** The whole of its file. */
  code: string
}

/** What one round of work is about. */
export interface Theme {
  name: string
  pieces: readonly Piece[]
  /** What its test asserts, a line for each piece or more. */
  asserts: readonly string[]
  /** What is decided at its beginning, and why. */
  decision: { title: string; reasons: string }
}

/** The sample library grows by one of these in each round; when all are there they are looked at again. */
export const themes: readonly Theme[] = [
  {
    name: 'Words',
    decision: {
      title: 'Words are split at white space, and nothing else',
      reasons: 'Intl.Segmenter would be better for some languages, but gives another answer with each version of Node.',
    },
    pieces: [
      {
        name: 'slugify',
        about: 'Make a text fit for a URL: lower case, letters and digits, with dashes between.',
        priority: 'high',
        code: `export const slugify = (text) =>
  text
    .normalize('NFKD')
    .replace(/\\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
`,
      },
      {
        name: 'truncate',
        about: 'Cut a text to so many characters, with an ellipsis where something is missing.',
        priority: 'medium',
        code: `export const truncate = (text, length) =>
  [...text].length <= length ? text : [...text].slice(0, length - 1).join('') + '…'
`,
      },
      {
        name: 'countWords',
        about: 'Count the words of a text. An empty text has none.',
        priority: 'medium',
        code: `export const countWords = (text) => text.split(/\\s+/).filter(Boolean).length
`,
      },
      {
        name: 'capitalize',
        about: 'Make the first letter of a text a capital one.',
        priority: 'low',
        code: `export const capitalize = (text) => text.charAt(0).toUpperCase() + text.slice(1)
`,
      },
    ],
    asserts: [
      "assert.equal(slugify('Crème brûlée, please!'), 'creme-brulee-please')",
      "assert.equal(truncate('A long title', 6), 'A lon…')",
      "assert.equal(countWords('  three small words '), 3)",
      "assert.equal(capitalize('pocket'), 'Pocket')",
    ],
  },
  {
    name: 'Numbers',
    decision: {
      title: 'Nothing in here throws: what is no number comes back as NaN',
      reasons: 'A library for pages has to bear what people type.',
    },
    pieces: [
      {
        name: 'clamp',
        about: 'Keep a number between a least and a greatest.',
        priority: 'high',
        code: `export const clamp = (value, least, greatest) => Math.min(greatest, Math.max(least, value))
`,
      },
      {
        name: 'formatBytes',
        about: 'Tell a number of bytes as a person would: 1.5 KiB.',
        priority: 'high',
        code: `export function formatBytes(count) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10))
  return Number((count / 1024 ** step).toFixed(1)) + ' ' + units[step]
}
`,
      },
      {
        name: 'ordinal',
        about: 'First, second, third: 1st, 2nd, 3rd, and 11th.',
        priority: 'low',
        code: `export function ordinal(count) {
  const ending = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
  return count + ending[new Intl.PluralRules('en', { type: 'ordinal' }).select(count)]
}
`,
      },
      {
        name: 'average',
        about: 'The mean of a list of numbers.',
        priority: 'medium',
        code: `export const average = (list) => list.reduce((sum, each) => sum + each, 0) / list.length
`,
      },
    ],
    asserts: [
      'assert.equal(clamp(12, 0, 10), 10)',
      "assert.equal(formatBytes(1536), '1.5 KiB')",
      "assert.equal(ordinal(22), '22nd')",
      'assert.equal(average([1, 2, 6]), 3)',
    ],
  },
  {
    name: 'Lists',
    decision: {
      title: 'Lists are never changed in place',
      reasons: 'Who calls us may still be using theirs. It costs a copy, which is cheap at these sizes.',
    },
    pieces: [
      {
        name: 'chunk',
        about: 'Cut a list into lists of so many.',
        priority: 'medium',
        code: `export const chunk = (list, size) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size))
`,
      },
      {
        name: 'unique',
        about: 'What is in a list, each once, in the order in which it came first.',
        priority: 'high',
        code: `export const unique = (list) => [...new Set(list)]
`,
      },
      {
        name: 'countBy',
        about: 'How often each key occurs among the items of a list.',
        priority: 'medium',
        code: `export function countBy(list, keyOf) {
  const counts = new Map()
  for (const item of list) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}
`,
      },
      {
        name: 'zip',
        about: 'Pair the items of two lists, as long as the shorter one lasts.',
        priority: 'low',
        code: `export const zip = (one, other) => one.slice(0, other.length).map((item, index) => [item, other[index]])
`,
      },
    ],
    asserts: [
      'assert.deepEqual(chunk([1, 2, 3], 2), [[1, 2], [3]])',
      "assert.deepEqual(unique(['b', 'a', 'b']), ['b', 'a'])",
      "assert.equal(countBy(['ant', 'ape', 'bee'], (word) => word[0]).get('a'), 2)",
      "assert.deepEqual(zip([1, 2, 3], ['a', 'b']), [[1, 'a'], [2, 'b']])",
    ],
  },
  {
    name: 'Time',
    decision: {
      title: 'Times are milliseconds; zones are for whoever shows them',
      reasons: 'A library that guesses the zone is right on one machine and wrong on the next.',
    },
    pieces: [
      {
        name: 'formatDuration',
        about: 'Tell a length of time shortly: 2h 5m.',
        priority: 'high',
        code: `export function formatDuration(ms) {
  const minutes = Math.round(ms / 60_000)
  const hours = Math.floor(minutes / 60)
  return [hours > 0 && hours + 'h', (minutes % 60) + 'm'].filter(Boolean).join(' ')
}
`,
      },
      {
        name: 'parseDuration',
        about: 'Read what formatDuration writes.',
        priority: 'medium',
        code: `export function parseDuration(text) {
  const units = { h: 3_600_000, m: 60_000, s: 1000 }
  return [...text.matchAll(/(\\d+)([hms])/g)].reduce((sum, [, count, unit]) => sum + count * units[unit], 0)
}
`,
      },
      {
        name: 'isLeapYear',
        about: 'Whether a year has 366 days.',
        priority: 'low',
        code: `export const isLeapYear = (year) => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
`,
      },
      {
        name: 'daysBetween',
        about: 'Whole days between two times, whichever is the earlier.',
        priority: 'critical',
        code: `export const daysBetween = (one, other) => Math.floor(Math.abs(one - other) / 86_400_000)
`,
      },
    ],
    asserts: [
      "assert.equal(formatDuration(7_500_000), '2h 5m')",
      "assert.equal(parseDuration('2h 5m'), 7_500_000)",
      'assert.equal(isLeapYear(1900), false)',
      'assert.equal(daysBetween(Date.UTC(2026, 0, 1), Date.UTC(2025, 11, 30)), 2)',
    ],
  },
]

const folderOf = ({ name }: Theme): string => name.toLowerCase()
export const pathOf = (theme: Theme, piece: Piece): string => `src/${folderOf(theme)}/${piece.name}.js`
export const testPathOf = (theme: Theme): string => `test/${folderOf(theme)}.test.js`
export const docsPathOf = (theme: Theme): string => `docs/${folderOf(theme)}.md`

/** `pass`: how often it was looked at before; the file says so, and so differs each time. */
export const codeOf = (piece: Piece, pass = 0): string =>
  `// ${piece.about}\n${pass > 0 ? `// Looked at ${pass === 1 ? 'once' : `${pass} times`} more.\n` : ''}${piece.code}`

export function testOf(theme: Theme, pass = 0): string {
  const imports = theme.pieces.map((piece) => `import { ${piece.name} } from '../${pathOf(theme, piece)}'`)
  const tests = theme.pieces.map(({ name }, index) => `test('${name}', () => {\n  ${theme.asserts[index]}\n})`)
  const seen = pass > 0 ? `// Run in ${pass + 1} rounds.\n` : ''
  return `${seen}import assert from 'node:assert/strict'\nimport test from 'node:test'\n${imports.join('\n')}\n\n${tests.join('\n\n')}\n`
}

export function docsOf(theme: Theme, pass = 0): string {
  const lines = theme.pieces.map(({ name, about }) => `- \`${name}\`: ${about}`)
  return `# ${theme.name}\n\n${lines.join('\n')}\n\n${theme.decision.title}.\n${pass > 0 ? `\nRead again ${pass} times.\n` : ''}`
}
