import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey, peerIdFromString } from '@libp2p/peer-id'
import test from 'ava'
import {
  agentDid,
  didKey,
  didOfPeerId,
  didTail,
  isDid,
  multikey,
  nodeDid,
  nodeOf,
  parseDid,
  peerIdOf,
} from '../../src/base/did.ts'
import { NAME_MAX, nameFault } from '../../src/base/names.ts'
import { fc } from '../helpers/fast-check.ts'

const key32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const node = nodeDid(new Uint8Array(32).fill(9))
const validName = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((name) => !nameFault(name))

test('a DID, a did:key and a peer ID are computed from each other, as libp2p does it', (t) => {
  fc.assert(
    fc.property(key32, (key) => {
      const did = nodeDid(key)
      const peerId = peerIdOf(did)
      t.deepEqual([...parseDid(did).publicKey], [...key])
      t.is(peerId, peerIdFromPublicKey(publicKeyFromRaw(key)).toString())
      t.is(didOfPeerId(peerId), did)
      t.is(didKey(did), `did:key:${multikey(key)}`)
      const known = peerIdFromString(peerId)
      t.deepEqual(known.type === 'Ed25519' ? [...known.publicKey.raw] : [], [...key])
    }),
  )
})

test('every Ed25519 key is z6Mk… and 12D3KooW…', (t) => {
  fc.assert(
    fc.property(key32, (key) => {
      t.regex(nodeDid(key), /^did:agora:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/)
      t.regex(peerIdOf(nodeDid(key)), /^12D3KooW[1-9A-HJ-NP-Za-km-z]{44}$/)
    }),
  )
})

test('what is no peer ID of an Ed25519 key has no DID', (t) => {
  const others = [
    '',
    '0OIl',
    'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N', // RSA, hashed
    '16Uiu2HAmLhLvBoYaoZfaMUKuibM6ac163GwKY74c5kiSLg5KvLpY', // secp256k1
    `${peerIdOf(node)}1`,
    peerIdOf(node).slice(0, -1),
    `z${peerIdOf(node)}`,
    'bafzaajaiaejcbzdgl7i2xjxvmrwlyxhzjzyqkvxykvjkyfpx54fplhe5wjz4fm2e',
  ]
  for (const text of others) t.is(didOfPeerId(text), undefined, text)
  fc.assert(fc.property(fc.string(), (text) => t.is(didOfPeerId(text), undefined)))
})

test('an agent’s DID holds its node and its name, whatever the name', (t) => {
  fc.assert(
    fc.property(validName, (name) => {
      const did = agentDid(node, name)
      t.true(isDid(did))
      t.is(parseDid(did).agent, name)
      t.is(parseDid(did).node, node)
      t.is(nodeOf(did), node)
    }),
  )
})

test('the longest names fit', (t) => {
  for (const letter of ['a', 'é', '名', '😀']) {
    const name = letter.repeat(NAME_MAX)
    t.is(nameFault(name), undefined)
    t.is(parseDid(agentDid(node, name)).agent, name)
  }
})

test('one agent has one spelling, and no agent a name that could not be given', (t) => {
  const tricks = [
    `${node}#`,
    `${node}#claude#1`,
    `${node}#cl%61ude`, // escaped without need
    `${node}#%c3%a9`, // lower-case hexadecimal
    `${node}#é`, // not escaped
    `${node}#e%CC%81`, // not in normal form C
    `${node}#%`,
    `${node}#%ZZ`,
    `${node}#%FF`, // not UTF-8
    `${node}#%ED%A0%80`, // a lone surrogate
    `${node}#%0Aclaude`,
    `${node}#claude%1B%5B31m`,
    `${node}#claude%40bob`,
    `${node}#a%23b`,
    `${node}#a%2Fb`,
    `${node}#claude%20`,
    `${node}#claude%E2%80%8B`, // zero width space
    `${node}#${'a'.repeat(NAME_MAX + 1)}`,
    `${node}?x#claude`,
    `${node}/path#claude`,
    ` ${node}`,
    `${node} `,
    `${node}\n`,
    node.toUpperCase(),
    node.replace('did:agora:', 'did:key:'),
    node.replace('did:agora:z', 'did:agora:'),
    node.replace('did:agora:z', 'did:agora:m'),
    `${node.slice(0, 10)}z1${node.slice(11)}`, // a leading zero byte
    node.slice(0, -1),
    'did:agora:',
    'did:agora:owner:z6Mk',
    '',
  ]
  for (const text of tricks) {
    t.false(isDid(text), text)
    t.throws(() => parseDid(text), { code: 'invalid_input' }, text)
  }
})

test('changing one character of a DID gives another node or none, never the same', (t) => {
  fc.assert(
    fc.property(
      fc.nat({ max: node.length - 1 }),
      fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
      (at, letter) => {
        fc.pre(node[at] !== letter)
        const other = node.slice(0, at) + letter + node.slice(at + 1)
        if (isDid(other)) t.not(parseDid(other).node, node)
        else t.pass()
      },
    ),
  )
})

test('reading anything as a DID never throws but says no', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), fc.boolean(), (text, prefixed) => {
      t.false(isDid(prefixed ? `${node}#${text}#` : text))
    }),
  )
})

test('an endless DID is refused without work', (t) => {
  t.false(isDid(`did:agora:z${'1'.repeat(1 << 20)}`))
  t.false(isDid(`${node}#${'a'.repeat(1 << 20)}`))
})

test('the tail tells two holders of one name apart', (t) => {
  t.is(didTail(agentDid(node, 'claude')), `…${node.slice(-6)}`)
})
