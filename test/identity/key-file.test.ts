import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { openKey } from '../../src/identity/key-file.ts'

function place(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'agora-key-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return join(folder, 'node.key')
}

/** A key file and its content, and a check that a refused start has left both alone. */
function made(t: ExecutionContext) {
  const path = place(t)
  const key = openKey(path, true)
  const text = readFileSync(path, 'utf8')
  return { path, key, text, file: JSON.parse(text) as Record<string, unknown> }
}

test('the key is made once, for this user alone, and read from then on', (t) => {
  const { path, key, text } = made(t)
  t.is(statSync(path).mode & 0o777, 0o600)
  t.is(openKey(path, true).did, key.did)
  t.is(openKey(path, false).did, key.did)
  t.is(readFileSync(path, 'utf8'), text)
  t.deepEqual(readdirSync(join(path, '..')), ['node.key'])
})

test('two keys differ', (t) => {
  t.not(made(t).key.did, made(t).key.did)
})

test('a key that is gone from a home with a past is missed, not replaced', (t) => {
  const path = place(t)
  const error = t.throws(() => openKey(path, false), { code: 'key_missing' } as never)
  t.true(error.message.includes(path))
  t.false(existsSync(path))
})

test('a damaged key is told of and left as it is', (t) => {
  const { path, text, file } = made(t)
  const other = made(t).file
  const damaged: Record<string, string> = {
    'empty file': '',
    'half a file': text.slice(0, text.length / 2),
    'no JSON': text.replace('{', '['),
    'binary rubbish': '\u0000\u0001\u0002',
    null: 'null',
    'a list': '[]',
    'a number': '7',
    ...Object.fromEntries(
      Object.keys(file).flatMap((field) => [
        [`${field} missing`, JSON.stringify({ ...file, [field]: undefined })],
        [`${field} empty`, JSON.stringify({ ...file, [field]: '' })],
        [`${field} null`, JSON.stringify({ ...file, [field]: null })],
        [`${field} of another type`, JSON.stringify({ ...file, [field]: 5 })],
        [`${field} changed`, JSON.stringify({ ...file, [field]: `X${String(file[field]).slice(1)}` })],
        [`${field} cut`, JSON.stringify({ ...file, [field]: String(file[field]).slice(0, -3) })],
      ]),
    ),
    'seed of another': JSON.stringify({ ...file, seed: other['seed'] }),
    'DID of another': JSON.stringify({ ...file, did: other['did'] }),
    'a later type': JSON.stringify({ ...file, type: 'agora-node-key-2' }),
  }
  for (const [what, content] of Object.entries(damaged)) {
    writeFileSync(path, content)
    for (const isNew of [true, false]) {
      const error = t.throws(() => openKey(path, isNew), { code: 'key_damaged' } as never, what)
      t.true(error.message.includes(path), what)
      t.false(error.message.includes(String(file['seed'])), what)
    }
    t.is(readFileSync(path, 'utf8'), content, what)
  }
})

test('a key that others could have read is refused', (t) => {
  const { path } = made(t)
  for (const mode of [0o640, 0o604, 0o660, 0o777]) {
    chmodSync(path, mode)
    t.throws(() => openKey(path, false), { code: 'key_exposed' } as never, mode.toString(8))
  }
  chmodSync(path, 0o400)
  t.notThrows(() => openKey(path, false))
})
