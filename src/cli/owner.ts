import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { didTail } from '../base/did.ts'
import { AgoraError } from '../base/errors.ts'
import type { OwnerNode, Ownership } from '../capabilities/owner/schema.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { askNewPassphrase, askPassphrase } from './passphrase.ts'
import { duration, plural, shownName } from './text.ts'

const PASSPHRASE =
  'The passphrase is asked for on the terminal. Scripts give it by $AGORA_PASSPHRASE or as the first line of standard input.'
const REPLACED =
  'The key that is here is kept beside it under another name. Nodes that its owner attested stay that owner’s until this expires or is revoked with the old key; they become the new owner’s by importing the new key there.'
const FORCE = `With --force it takes the place of a key that is here. ${REPLACED}`

export const ownerCommands: Command[] = [
  {
    usage: 'owner show',
    alias: 'owner',
    group: 'Set-up',
    summary: 'Show whose this node is, and the other nodes of that owner.',
    examples: ['agora owner show', 'agora owner show --format json'],
    async run(context) {
      const ownership = await context.call('owner.show', {})
      const { items: nodes } = await context.call('owner.nodes', {})
      await context.answer({ ...ownership, nodes }, () => shownOwner(ownership, nodes, context))
    },
  },
  {
    usage: 'owner init',
    group: 'Set-up',
    summary: 'Make yourself an owner key, and attest this node with it.',
    details: `An owner is one person with several nodes: make the key on the first, export it, import it on the others. ${FORCE} ${PASSPHRASE}`,
    options: [{ name: 'force', meaning: 'put a new key in the place of one that is here' }],
    examples: ['agora owner init'],
    async run(context) {
      const force = await checkPlace(context)
      const passphrase = await askNewPassphrase(context)
      const ownership = await context.call('owner.init', { passphrase, force })
      await tell(context, ownership, 'Made an owner key', [
        `Keep a copy safe, and carry it to your other nodes: ${context.next('owner export <file>')}`,
      ])
    },
  },
  {
    usage: 'owner export <file>',
    group: 'Set-up',
    summary: 'Write the owner key, encrypted, to a new file.',
    details: `To carry it to another node, and to keep it safe: without key and passphrase a lost node can never be revoked. ${PASSPHRASE}`,
    examples: ['agora owner export owner-key.json'],
    async run(context) {
      const path = resolve(context.inputs.arg('file'))
      const handle = reserve(path)
      try {
        const passphrase = await askPassphrase(context)
        const key = await context.call('owner.export', { passphrase })
        writeSync(handle, `${JSON.stringify(key, null, 2)}\n`)
        fsyncSync(handle)
        closeSync(handle)
        await context.answer(
          { owner: key.did, file: path },
          () =>
            `Written to ${path}, encrypted by its passphrase.\nOn another node of yours: agora owner import <that file>\n`,
        )
      } catch (error) {
        rmSync(path, { force: true })
        throw error
      }
    },
  },
  {
    usage: 'owner import <file>',
    group: 'Set-up',
    summary: 'Take in an exported owner key, and attest this node with it.',
    details: `${FORCE} ${PASSPHRASE}`,
    options: [{ name: 'force', meaning: 'put it in the place of a key that is here' }],
    examples: ['agora owner import owner-key.json'],
    async run(context) {
      const path = resolve(context.inputs.arg('file'))
      const { parseKeyFile } = await import('../capabilities/owner/keyring.ts')
      const key = parseKeyFile(read(path), path)
      const force = await checkPlace(context)
      const passphrase = await askPassphrase(context)
      await tell(context, await context.call('owner.import', { key, passphrase, force }), 'Imported the owner key')
    },
  },
  {
    usage: 'owner attest',
    group: 'Set-up',
    summary: 'Attest this node for another year.',
    details: `Peers are shown the attestation at once. ${PASSPHRASE}`,
    examples: ['agora owner attest'],
    async run(context) {
      context.daemon()
      const passphrase = await askPassphrase(context)
      await tell(context, await context.call('owner.attest', { passphrase }), 'Attested this node')
    },
  },
  {
    usage: 'owner revoke <node>',
    group: 'Set-up',
    summary: 'Withdraw a lost node of yours, for ever.',
    details: `Friends of this node, and peers of your other nodes, take the trust of the lost one away as soon as they learn it. There is no way back: a device that turns up again begins anew, under another --name. ${PASSPHRASE}`,
    examples: ['agora owner revoke laptop', 'agora owner revoke did:agora:z6Mk…'],
    async run(context) {
      context.daemon()
      const node = context.inputs.arg('node')
      if (context.io.secret) context.io.err(`${shownName(node)} will be no node of yours any more, for ever.\n`)
      const passphrase = await askPassphrase(context)
      const answer = await context.call('owner.revoke', { node, passphrase })
      await context.answer(
        answer,
        ({ name, revoked, was_known, told }) =>
          `Revoked ${shownName(name)} (${revoked}).\n${was_known ? '' : 'This node had never seen that it is yours; check that the DID is right.\n'}It is on its way to ${plural(told, 'friend')}, and shown to every peer that connects.\n`,
      )
    },
  },
]

/** Whether a key that is here may be replaced; told before a passphrase is asked. */
async function checkPlace(context: Context): Promise<boolean> {
  const force = context.inputs.flag('force')
  const { has_key, owner } = await context.call('owner.show', {})
  if (!has_key || owner === undefined) return force
  if (force) {
    context.io.err(
      `The key of owner ${didTail(owner)} will be kept under another name; its other nodes stay its own.\n`,
    )
    return true
  }
  throw new AgoraError('already_exists', `There is an owner key here already, of ${owner}.`, {
    hint: `With --force another takes its place. ${REPLACED}`,
  })
}

async function tell(context: Context, ownership: Ownership, done: string, more: string[] = []): Promise<void> {
  await context.answer(ownership, ({ owner, expires_at = '', kept_as }) => {
    const lines = [
      `${done}: ${owner}`,
      `This node is attested until ${expires_at.slice(0, 10)}.`,
      ...(kept_as === undefined ? [] : [`The key that was here is kept as ${kept_as}.`]),
      ...more,
    ]
    return `${lines.join('\n')}\n`
  })
}

async function shownOwner(ownership: Ownership, nodes: OwnerNode[], context: Context): Promise<string> {
  const { owner, state, has_key, expires_at } = ownership
  if (owner === undefined) {
    return `This node has no owner key.\nMake one: ${context.next('owner init')}\nOr bring yours: ${context.next('owner import <file>')}\n`
  }
  const now = context.io.clock.now()
  const left = expires_at === undefined ? '' : duration(Date.parse(expires_at) - now)
  const states: Record<Ownership['state'], string> = {
    none: 'no owner',
    unattested: `not attested; ${context.next('owner attest')}`,
    attested: `attested until ${expires_at?.slice(0, 10)}, for ${left}`,
    expired: `its attestation expired on ${expires_at?.slice(0, 10)}; ${context.next('owner attest')}`,
    revoked: 'revoked by the owner, for ever',
  }
  const head = context.pairs([
    ['Owner', owner],
    ['This node', states[state]],
    ['Key', has_key ? `here, encrypted: ${context.home().ownerKey}` : 'not on this node'],
  ])
  if (nodes.length === 0) return head
  const rows = nodes.map((node) => [
    shownName(node.name),
    node.state === 'this' ? 'this node' : node.state,
    node.online ? 'yes' : 'no',
    (node.revoked_at ?? node.expires_at ?? '-').slice(0, 10),
    node.did,
  ])
  return `${head}\n${await context.table(['NODE', 'STATE', 'ONLINE', 'UNTIL/SINCE', 'DID'], rows)}`
}

/** A new file for this user alone. Nothing is ever written over. @throws AgoraError */
function reserve(path: string): number {
  try {
    return openSync(path, 'wx', 0o600)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST') {
      throw new AgoraError('already_exists', `${path} exists, and an export never writes over a file.`, {
        field: 'file',
        hint: 'Give another name.',
        cause,
      })
    }
    throw new AgoraError('invalid_input', `${path} cannot be written: ${message}.`, { field: 'file', cause })
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new AgoraError('invalid_input', `${path} cannot be read: ${(cause as Error).message}.`, {
      field: 'file',
      hint: 'It is the file that `agora owner export` wrote.',
      cause,
    })
  }
}
