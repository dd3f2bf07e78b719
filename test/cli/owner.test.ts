import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { openKey } from '../../src/identity/key-file.ts'
import { attest } from '../../src/identity/owner.ts'
import { sealOwnerKey } from '../../src/identity/owner-key.ts'
import { writePrivate } from '../../src/store/private-file.ts'
import { BOB, NOW, refuse, standIn } from '../helpers/cli.ts'
import { approval, ID } from '../helpers/cli-answers.ts'
import { newOwner, PASSPHRASE } from '../helpers/owner.ts'

const OWNER = 'did:agora:owner:z6Mkfriq1MqLBoPWecGoDLjguo1sB9brj6wT3qZ5BxkKpuP6'
const DAY = 24 * 3_600_000
const none = { state: 'none', has_key: false }
const attested = {
  owner: OWNER,
  state: 'attested',
  has_key: true,
  issued_at: new Date(NOW).toISOString(),
  expires_at: new Date(NOW + 365 * DAY).toISOString(),
}
const nodes = {
  items: [
    { did: BOB, name: 'alice', state: 'this', online: true, expires_at: attested.expires_at },
    { did: BOB, name: 'evil \u001b[2J', state: 'revoked', online: false, revoked_at: attested.issued_at },
  ],
}
const key = await sealOwnerKey(newOwner(), PASSPHRASE)

interface Asked {
  body: Record<string, unknown>
}

/** A terminal on which these are typed, one after the other. */
function terminal(...typed: string[]) {
  const questions: string[] = []
  const secret = async (question: string) => {
    questions.push(question)
    return typed.shift() ?? ''
  }
  return { questions, io: { secret } }
}

test('owner shows whose this node is', async (t) => {
  await using alice = await standIn({ 'GET /owner': attested, 'GET /owner/nodes': nodes })
  const { code, out } = await alice.run(['owner'])
  t.is(code, 0)
  t.snapshot(out.replaceAll(alice.folder, '<homes>'))
  const json = await alice.run(['owner', 'show', '--format', 'json'])
  t.deepEqual(JSON.parse(json.out), { ...attested, nodes: nodes.items })
  await using fresh = await standIn({ 'GET /owner': none, 'GET /owner/nodes': { items: [] } })
  t.snapshot((await fresh.run(['owner'])).out)
})

test('init asks twice for a passphrase, and takes no short one and no two', async (t) => {
  await using alice = await standIn({ 'GET /owner': none, 'POST /owner/init': attested })
  const good = terminal('a long one', 'a long one')
  const made = await alice.run(['owner', 'init'], { io: good.io })
  t.is(made.code, 0, made.err)
  t.is(good.questions.length, 2)
  t.snapshot(made.out)
  t.deepEqual(alice.asked.at(-1), 'POST /owner/init {"passphrase":"a long one","force":false}')
  for (const typed of [['short'], ['a long one', 'another one']]) {
    const bad = await alice.run(['owner', 'init'], terminal(...typed))
    t.is(bad.code, 2)
  }
  t.is(alice.asked.filter((call) => call.startsWith('POST')).length, 1)
})

test('a passphrase comes from the variable, or from standard input where there is no terminal', async (t) => {
  await using alice = await standIn({
    'GET /owner': none,
    'POST /owner/init': attested,
    'POST /owner/attest': attested,
  })
  await alice.run(['owner', 'attest'], { env: { AGORA_PASSPHRASE: PASSPHRASE }, ...terminal('not asked') })
  await alice.run(['owner', 'attest'], { stdin: `${PASSPHRASE}\r\nmore\n` })
  await alice.run(['owner', 'init'], { stdin: PASSPHRASE })
  t.deepEqual(alice.asked, [
    `POST /owner/attest {"passphrase":"${PASSPHRASE}"}`,
    `POST /owner/attest {"passphrase":"${PASSPHRASE}"}`,
    'GET /owner',
    `POST /owner/init {"passphrase":"${PASSPHRASE}","force":false}`,
  ])
  const empty = await alice.run(['owner', 'attest'])
  t.is(empty.code, 2)
  t.regex(empty.err, /AGORA_PASSPHRASE/)
})

test('a key that is here stays without --force, and nothing is asked before', async (t) => {
  await using alice = await standIn({ 'GET /owner': attested, 'POST /owner/init': { ...attested, kept_as: '/old' } })
  const file = join(alice.folder, 'key.json')
  writeFileSync(file, JSON.stringify(key))
  for (const argv of [
    ['owner', 'init'],
    ['owner', 'import', file],
  ]) {
    const asked = terminal(PASSPHRASE, PASSPHRASE)
    const { code, err } = await alice.run(argv, asked)
    t.is(code, 1)
    t.regex(err, /already, of did:agora:owner/)
    t.regex(err, /--force/)
    t.deepEqual(asked.questions, [])
  }
  const forced = await alice.run(['owner', 'init', '--force'], terminal(PASSPHRASE, PASSPHRASE))
  t.is(forced.code, 0)
  t.regex(forced.err, /its other nodes stay its own/)
  t.regex(forced.out, /kept as \/old/)
})

test('an export never writes over a file, is for this user alone, and leaves nothing behind when it fails', async (t) => {
  let answer: unknown = key
  await using alice = await standIn({ 'POST /owner/export': () => answer })
  const file = join(alice.folder, 'key.json')
  const run = () => alice.run(['owner', 'export', file], terminal(PASSPHRASE))
  answer = refuse(403, { code: 'wrong_passphrase', detail: 'no' })
  t.is((await run()).code, 1)
  t.false(existsSync(file))
  answer = key
  t.is((await run()).code, 0)
  t.is(statSync(file).mode & 0o777, 0o600)
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), key)
  const again = await run()
  t.is(again.code, 1)
  t.regex(again.err, /never writes over/)
  t.deepEqual(JSON.parse(readFileSync(file, 'utf8')), key)
  const nowhere = await alice.run(['owner', 'export', join(alice.folder, 'no/such/folder')], terminal(PASSPHRASE))
  t.regex(nowhere.err, /cannot be written/)
})

test('an import says what is wrong with the file before it asks anything', async (t) => {
  await using alice = await standIn({ 'GET /owner': none, 'POST /owner/import': attested })
  const file = join(alice.folder, 'key.json')
  const run = () => alice.run(['owner', 'import', file], terminal(PASSPHRASE))
  t.regex((await run()).err, /cannot be read/)
  for (const text of ['', '{}', JSON.stringify({ ...key, seed: 'x' })]) {
    writeFileSync(file, text)
    t.regex((await run()).err, /does not hold an owner key/)
  }
  t.deepEqual(alice.asked, [])
  writeFileSync(file, JSON.stringify(key))
  t.is((await run()).code, 0)
  const { key: sent } = JSON.parse(alice.asked.at(-1)?.replace('POST /owner/import ', '') ?? '')
  t.deepEqual(sent, key)
})

test('revoke says what it did, and when the node was not known to be ours', async (t) => {
  const answer = { owner: OWNER, revoked: BOB, name: 'laptop', was_known: true, told: 2 }
  await using alice = await standIn({
    'POST /owner/revoke': ({ body }: Asked) => ({ ...answer, was_known: body['node'] === 'laptop' }),
  })
  const known = await alice.run(['owner', 'revoke', 'laptop'], terminal(PASSPHRASE))
  t.regex(known.err, /for ever/)
  t.snapshot(known.out)
  t.regex((await alice.run(['owner', 'revoke', BOB], terminal(PASSPHRASE))).out, /never seen that it is yours/)
})

test('granting asks for the passphrase only where it is needed', async (t) => {
  await using alice = await standIn({
    [`POST /approvals/${ID}/grant`]: ({ body }: Asked) =>
      body['passphrase'] === PASSPHRASE
        ? approval({ status: 'granted' })
        : refuse(403, { code: 'passphrase_needed', detail: 'The owner signs.' }),
  })
  const asked = terminal(PASSPHRASE)
  t.is((await alice.run(['approvals', 'grant', ID], asked)).code, 0)
  t.is(asked.questions.length, 1)
  t.is((await alice.run(['approvals', 'grant', ID], terminal('wrong'))).code, 1)
})

test('doctor warns before the attestation ends, and of what is wrong with the key', async (t) => {
  await using alice = await standIn({ 'GET /health': { status: 'ok', version: '0.1.0' }, 'GET /owner': attested })
  const { did } = openKey(alice.home.key, true)
  const owner = newOwner()
  const found = async () => {
    const { out } = await alice.run(['doctor', '--format', 'json'])
    const { items } = JSON.parse(out) as { items: { check: string; state: string; detail: string }[] }
    const { state = '', detail = '' } = items.find(({ check }) => check === 'owner') ?? {}
    return `${state}: ${detail}`
  }
  t.regex(await found(), /^ok: none/)
  writePrivate(alice.home.ownerKey, JSON.stringify(await sealOwnerKey(owner, PASSPHRASE)))
  t.regex(await found(), /^warn: the key is here, but/)
  const issued = (days: number) => writePrivate(alice.home.owner, JSON.stringify(attest(owner, did, NOW - days * DAY)))
  issued(334)
  t.regex(await found(), /^ok: did:agora:owner:.*until/)
  issued(336)
  t.regex(await found(), /^warn: did:agora:owner:.*until/)
  issued(365)
  t.regex(await found(), /^fail: .*expired/)
  writePrivate(alice.home.owner, JSON.stringify(attest(newOwner(), did, NOW)))
  t.regex(await found(), /^warn: .*another key/)
  writePrivate(alice.home.owner, JSON.stringify(attest(owner, BOB, NOW)))
  t.regex(await found(), /^fail: .*does not attest this node/)
  issued(1)
  chmodSync(alice.home.ownerKey, 0o644)
  t.regex(await found(), /^fail: Others on this machine can read the owner key/)
})
