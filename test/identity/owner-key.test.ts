import test from 'ava'
import { OwnerKeyFile, openOwnerKey, sealOwnerKey } from '../../src/identity/owner-key.ts'
import { newOwner } from '../helpers/owner.ts'

const owner = newOwner()
const passphrase = 'Käse im Regen'
const file = await sealOwnerKey(owner, passphrase)

test('it opens by its passphrase, in whatever Unicode form that is typed', async (t) => {
  t.is((await openOwnerKey(file, passphrase)).did, owner.did)
  t.is((await openOwnerKey(file, passphrase.normalize('NFD'))).did, owner.did)
  t.deepEqual(OwnerKeyFile.parse(JSON.parse(JSON.stringify(file))), file)
  t.regex(file.about ?? '', /agora owner import/)
})

test('twice sealed is twice different, and never shows the seed', async (t) => {
  const again = await sealOwnerKey(owner, passphrase)
  for (const read of [file, again]) {
    t.false(JSON.stringify(read).includes(Buffer.from(owner.seed).toString('base64url')))
  }
  t.not(again.seed, file.seed)
  t.not(again.kdf.salt, file.kdf.salt)
  t.not(again.cipher.nonce, file.cipher.nonce)
})

test('another passphrase, and a file that was changed anywhere, do not open it', async (t) => {
  const flip = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`)
  const changed: OwnerKeyFile[] = [
    { ...file, did: newOwner().did },
    { ...file, seed: flip(file.seed) },
    { ...file, cipher: { ...file.cipher, tag: flip(file.cipher.tag) } },
    { ...file, cipher: { ...file.cipher, nonce: flip(file.cipher.nonce) } },
    { ...file, kdf: { ...file.kdf, salt: flip(file.kdf.salt) } },
    { ...file, kdf: { ...file.kdf, n: 1 << 16 } },
  ]
  for (const one of changed) {
    await t.throwsAsync(openOwnerKey(OwnerKeyFile.parse(one), passphrase), { code: 'wrong_passphrase' } as never)
  }
  for (const wrong of ['', `${passphrase} `, 'Käse im regen']) {
    await t.throwsAsync(openOwnerKey(file, wrong), { code: 'wrong_passphrase' } as never)
  }
})

test('what would cost this machine dearly, or is of another kind, is no key file', (t) => {
  const others = [
    { ...file, type: 'agora-node-key-1' },
    { ...file, did: 'did:agora:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw' },
    { ...file, kdf: { ...file.kdf, n: 1 << 21 } },
    { ...file, kdf: { ...file.kdf, n: 3 } },
    { ...file, kdf: { ...file.kdf, n: 1 } },
    { ...file, kdf: { ...file.kdf, p: 1000 } },
    { ...file, kdf: { ...file.kdf, salt: '' } },
    { ...file, cipher: { ...file.cipher, tag: file.cipher.tag.slice(0, 8) } },
    { ...file, cipher: { ...file.cipher, name: 'none' } },
    { ...file, seed: `${file.seed}AAAA` },
    {},
    null,
    'x',
  ]
  for (const one of others) t.false(OwnerKeyFile.safeParse(one).success, JSON.stringify(one))
})
