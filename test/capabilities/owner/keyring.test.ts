import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { createKeyring } from '../../../src/capabilities/owner/keyring.ts'
import { sealOwnerKey } from '../../../src/identity/owner-key.ts'
import { temporaryFolder } from '../../helpers/database.ts'
import { fakeClock } from '../../helpers/fake-clock.ts'
import { newOwner, PASSPHRASE } from '../../helpers/owner.ts'

function ring(t: ExecutionContext) {
  const folder = temporaryFolder(t)
  const clock = fakeClock()
  const path = join(folder, 'owner.key')
  return { clock, path, files: () => readdirSync(folder).sort(), keyring: createKeyring({ clock, path }) }
}
const code = (code: string) => ({ code }) as never

test('a key is made once, for this user alone, and encrypted', async (t) => {
  const { keyring, path } = ring(t)
  t.is(keyring.did(), undefined)
  await t.throwsAsync(keyring.unlock(PASSPHRASE), code('owner_missing'))
  const { key, aside } = await keyring.make(PASSPHRASE, false)
  t.is(aside, undefined)
  t.is(keyring.did(), key.did)
  t.is(statSync(path).mode & 0o777, 0o600)
  t.false(readFileSync(path, 'utf8').includes(Buffer.from(key.seed).toString('base64url')))
  t.is((await keyring.unlock(PASSPHRASE)).did, key.did)
  const text = readFileSync(path, 'utf8')
  await t.throwsAsync(keyring.make(PASSPHRASE, false), code('already_exists'))
  const other = await sealOwnerKey(newOwner(), PASSPHRASE)
  await t.throwsAsync(keyring.import(other, PASSPHRASE, false), code('already_exists'))
  t.is(readFileSync(path, 'utf8'), text)
})

test('a key that is replaced is kept, each under a name of its own', async (t) => {
  const { keyring, path, files } = ring(t)
  const first = await keyring.make(PASSPHRASE, false)
  const text = readFileSync(path, 'utf8')
  const second = await keyring.make(PASSPHRASE, true)
  t.not(second.key.did, first.key.did)
  t.is(second.aside, `${path}.${first.key.did.slice(-6)}`)
  t.is(readFileSync(second.aside ?? '', 'utf8'), text)
  t.is(statSync(second.aside ?? '').mode & 0o777, 0o600)
  // Back and forth: nothing is lost.
  const file = JSON.parse(text)
  await keyring.import(file, PASSPHRASE, true)
  await keyring.import(await sealOwnerKey(newOwner(), PASSPHRASE), PASSPHRASE, true)
  t.is(files().length, 4)
  writeFileSync(path, 'rubbish')
  const last = await keyring.make(PASSPHRASE, true)
  t.is(readFileSync(last.aside ?? '', 'utf8'), 'rubbish')
})

test('what is exported opens elsewhere, by the same passphrase alone', async (t) => {
  const [one, other] = [ring(t), ring(t)]
  const { key } = await one.keyring.make(PASSPHRASE, false)
  await t.throwsAsync(one.keyring.export('something else'), code('wrong_passphrase'))
  const file = await one.keyring.export(PASSPHRASE)
  await t.throwsAsync(other.keyring.import(file, 'something else', false), code('wrong_passphrase'))
  t.deepEqual(other.files(), [])
  t.is((await other.keyring.import(file, PASSPHRASE, false)).key.did, key.did)
  t.is((await other.keyring.unlock(PASSPHRASE)).did, key.did)
})

test('a key that others could have read, and a damaged one, are refused', async (t) => {
  const { keyring, path } = ring(t)
  await keyring.make(PASSPHRASE, false)
  for (const mode of [0o640, 0o604, 0o777]) {
    chmodSync(path, mode)
    t.throws(() => keyring.did(), code('key_exposed'))
    await t.throwsAsync(keyring.unlock(PASSPHRASE), code('key_exposed'))
  }
  chmodSync(path, 0o600)
  const file = JSON.parse(readFileSync(path, 'utf8'))
  for (const text of [
    '',
    '{',
    '[]',
    JSON.stringify({ ...file, type: 'x' }),
    JSON.stringify({ ...file, seed: 'AAAA' }),
  ]) {
    writeFileSync(path, text)
    const error = await t.throwsAsync(keyring.unlock(PASSPHRASE), code('key_damaged'), text)
    t.true(error?.message.includes(path))
  }
  writeFileSync(path, JSON.stringify({ ...file, cipher: { ...file.cipher, tag: 'AAAAAAAAAAAAAAAAAAAAAA' } }))
  await t.throwsAsync(keyring.unlock(PASSPHRASE), code('wrong_passphrase'), 'another tag')
})

test('five wrong passphrases, then none for a minute, however many come at once', async (t) => {
  const { keyring, clock } = ring(t)
  await keyring.make(PASSPHRASE, false)
  const guesses = await Promise.allSettled(Array.from({ length: 7 }, (_, n) => keyring.unlock(`guess ${n}`)))
  t.deepEqual(
    guesses.map((guess) => (guess as PromiseRejectedResult).reason.code),
    [...Array(5).fill('wrong_passphrase'), 'rate_limited', 'rate_limited'],
  )
  await t.throwsAsync(keyring.unlock(PASSPHRASE), code('rate_limited'), 'the right one neither')
  const file = await sealOwnerKey(newOwner(), PASSPHRASE)
  await t.throwsAsync(keyring.import(file, PASSPHRASE, true), code('rate_limited'))
  await clock.advance(59_999)
  await t.throwsAsync(keyring.unlock(PASSPHRASE), code('rate_limited'))
  await clock.advance(1)
  await t.notThrowsAsync(keyring.unlock(PASSPHRASE))
})
