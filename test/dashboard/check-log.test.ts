import test from 'ava'
import { checkLog, isAsSigned } from '../../dashboard/src/pages/projects/audit/check-log.ts'
import { hashOf, verifySigned } from '../../dashboard/src/pages/projects/audit/signatures.ts'
import type { SignedEntry } from '../../src/contract/entry.ts'
import { fc } from '../helpers/fast-check.ts'
import { signedProject } from '../helpers/signed-log.ts'

async function* pagesOf(tips: string[], ...pages: SignedEntry[][]) {
  for (const entries of pages) yield { tips, entries }
}

test('a sound log is found sound, page by page, with all it is made of', async (t) => {
  const { entries, head, alice, bob } = await signedProject()
  const seen: number[] = []
  const finding = await checkLog({
    space: head.space,
    pages: pagesOf(head.tips, entries.slice(0, 3), entries.slice(3)),
    verify: verifySigned,
    onProgress: (count) => seen.push(count),
  })
  const { headers, ...found } = finding
  t.deepEqual(found, { entries: entries.length, nodes: 2, chains: 2, forked: [], fault: undefined, missing: [] })
  t.deepEqual(seen, [3, entries.length])
  t.deepEqual(new Set([...headers.values()].map(({ author }) => author)), new Set([alice.did, bob.did]))
})

test('one character changed anywhere is found, and in which entry', async (t) => {
  const { entries, head } = await signedProject()
  await fc.assert(
    fc.asyncProperty(
      fc.nat(entries.length - 1),
      fc.constantFrom('header', 'facts', 'texts'),
      fc.nat(),
      async (index, field, at) => {
        const text = entries[index]?.[field as 'header'] as string | undefined
        fc.pre(text !== undefined && text.length > 2)
        const place = at % (text as string).length
        const other = (text as string)[place] === 'x' ? 'y' : 'x'
        const changed = `${(text as string).slice(0, place)}${other}${(text as string).slice(place + 1)}`
        const list = entries.with(index, { ...(entries[index] as SignedEntry), [field]: changed })
        const { fault, entries: before } = await checkLog({
          space: head.space,
          pages: pagesOf(head.tips, list),
          verify: verifySigned,
        })
        t.truthy(fault)
        t.is(before, index)
      },
    ),
    { numRuns: 60 },
  )
})

test('an entry that is left out is missed, at the end of a log too; what comes before its parents is told', async (t) => {
  const { entries, head } = await signedProject()
  for (let index = 0; index < entries.length; index++) {
    const pages = pagesOf(head.tips, entries.toSpliced(index, 1))
    const { fault, missing } = await checkLog({ space: head.space, pages, verify: verifySigned })
    t.true(fault !== undefined || missing.length > 0, `without entry ${index}`)
  }
  const backwards = await checkLog({
    space: head.space,
    pages: pagesOf(head.tips, entries.toReversed()),
    verify: verifySigned,
  })
  t.truthy(backwards.fault)
  t.regex(
    (await checkLog({ space: head.space, pages: pagesOf([], []), verify: verifySigned })).fault?.reason ?? '',
    /no entry/,
  )
})

test('what is listed otherwise than it was signed is recognised, whatever of it was changed', async (t) => {
  const { entries, head } = await signedProject()
  const { headers } = await checkLog({ space: head.space, pages: pagesOf(head.tips, entries), verify: verifySigned })
  for (const { facts } of entries) {
    const [id, header] = [...headers].find(([, one]) => one.body_hash === hashOf(facts)) ?? []
    if (!header || id === undefined) return t.fail('an entry without a header')
    const { type, author, seq, lamport, at } = header
    const listed = { id, type, author: { did: author }, seq, lamport, at, facts: JSON.parse(facts) }
    t.true(isAsSigned(listed, header, hashOf))
    const lies = [
      { type: 'task.delete' },
      { author: { did: `${author}x` } },
      { seq: seq + 1 },
      { lamport: lamport + 1 },
      { at: '2020-01-01T00:00:00.000Z' },
      { facts: { ...listed.facts, more: 1 } },
    ]
    for (const lie of lies) t.false(isAsSigned({ ...listed, ...lie }, header, hashOf), JSON.stringify(lie))
  }
  return undefined
})
