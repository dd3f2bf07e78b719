import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { SignedEntry } from '../../src/contract/entry.ts'
import { cli, homesFolder } from '../helpers/cli.ts'
import { signedProject } from '../helpers/signed-log.ts'

async function verified(text: string | Uint8Array, ...argv: string[]) {
  using homes = homesFolder()
  const path = join(homes.folder, 'x.log')
  writeFileSync(path, text)
  return await cli(['verify', path, ...argv], { folder: homes.folder })
}

/** With one of the entries as `change` makes it. */
const changed = (entries: SignedEntry[], at: number, change: (entry: SignedEntry) => Partial<SignedEntry>) =>
  entries.map((entry, index) => (index === at ? { ...entry, ...change(entry) } : entry))

test('a sound log is summed up, and no node is needed', async (t) => {
  const { file, head, alice, bob } = await signedProject()
  const { code, out, err } = await verified(file())
  t.deepEqual([code, err], [0, ''])
  t.regex(out, /^sound: project parser\n/)
  t.regex(out, /Entries +6: 5 count, 1 held, 0 denied, 0 refused\n/)
  t.regex(out, new RegExp(`Members +2\\n +${[alice.did, bob.did].sort().join('\\n +')}\\n`))
  t.regex(out, new RegExp(`State +${head.state_hash}\\n`))
  const json = JSON.parse((await verified(file(), '--format', 'json')).out)
  t.like(json, { ok: true, entries: 6, held: 1, space: head.space, state_hash: head.state_hash, tips: head.tips })
})

test('texts that were taken away leave it sound', async (t) => {
  const { file, entries } = await signedProject()
  const without = entries.map(({ header, facts }) => ({ header, facts }))
  t.is((await verified(file(without))).code, 0)
})

test('the first fault is told with its line', async (t) => {
  const { file, entries, alice } = await signedProject()
  const [first, ...others] = entries as [SignedEntry, ...SignedEntry[]]
  const swap = (from: string, to: string) => (text: string) => {
    t.true(text.includes(from), from)
    return text.replace(from, to)
  }
  const cases: [string, SignedEntry[], RegExp][] = [
    [
      'facts',
      changed(entries, 1, ({ facts }) => ({ facts: swap('developer', 'overseer')(facts) })),
      /line 3, .*wrong_hash/,
    ],
    [
      'texts',
      changed(entries, 0, ({ texts = '' }) => ({ texts: swap('parses', 'parsed')(texts) })),
      /line 2, .*wrong_hash/,
    ],
    [
      'signed header',
      changed(entries, 2, ({ header }) => ({ header: swap('"lamport":3', '"lamport":4')(header) })),
      /line 4, .*bad_signature/,
    ],
    [
      'author',
      changed(entries, 2, ({ header }) => ({ header: header.replace(/did:agora:z6Mk\w+/, alice.did) })),
      /line 4, .*bad_signature/,
    ],
    ['left out', [first, ...others.slice(1)], /line 3, .*missing_parents/],
    ['not canonical', changed(entries, 1, ({ facts }) => ({ facts: ` ${facts}` })), /line 3.*not_canonical/],
    ['another project', [...(await signedProject()).entries.slice(0, 1), ...others], /line 2, .*wrong_space/],
  ]
  for (const [what, list, said] of cases) {
    const { code, out, err } = await verified(file(list))
    t.is(err, '', what)
    t.is(code, 1, what)
    t.regex(out, said, what)
  }
  const { out } = await verified(file(cases[0]?.[1] ?? []), '--format', 'json')
  t.like(JSON.parse(out), { ok: false, fault: { line: 3 }, entries: 1 })
})

test('a file that was cut off does not pass', async (t) => {
  const { file, entries } = await signedProject()
  const whole = file()
  t.regex((await verified(file(entries.slice(0, -1)))).out, /not sound: it was cut off: entry \w+ is not in it/)
  t.regex((await verified(file([]))).out, /not sound/)
  for (const [text, said] of [
    [whole.slice(0, -1), /Line 7 has no end/],
    [whole.slice(0, -20), /Line 7 has no end/],
    ['', /empty/],
    ['hello\n', /Line 1 is not the head/],
    [Buffer.from([0x7b, 0xff, 0x0a]), /cannot be read/],
    [`${'x'.repeat(3 << 20)}\n`, /Line 1/],
  ] as const) {
    const { code, err } = await verified(text)
    t.is(code, 1)
    t.regex(err, said)
  }
  using homes = homesFolder()
  t.regex((await cli(['verify', join(homes.folder, 'none')], { folder: homes.folder })).err, /ENOENT/)
})

test('another order in which parents still come first, and entries twice, change nothing', async (t) => {
  const { file, entries, head } = await signedProject()
  const last = entries.slice(-2).toReversed()
  const { code, out } = await verified(file([...entries.slice(0, -2), ...last, ...last]), '--format', 'json')
  t.is(code, 0)
  t.like(JSON.parse(out), { entries: 6, state_hash: head.state_hash })
})

test('what came in while it was exported may follow the tips it names', async (t) => {
  const { file, head, entries } = await signedProject()
  const earlier = JSON.parse(entries.at(-2)?.header ?? '') as { prev: string }
  const { code } = await verified(file(entries, { tips: [earlier.prev] }))
  t.is(code, 0)
  t.not(head.tips[0], earlier.prev)
})

test('a state the exporter had not is told, and is no fault', async (t) => {
  const { file } = await signedProject()
  const { code, out } = await verified(file(undefined, { state_hash: 'other' }))
  t.is(code, 0)
  t.regex(out, /the exporting node had another/)
})
