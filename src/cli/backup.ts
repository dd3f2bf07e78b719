import { constants, copyFileSync, existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { AgoraError, messageOf } from '../base/errors.ts'
import { displayLine } from '../base/text.ts'
import type { WaitingSpace } from '../capabilities/backups/schema.ts'
import { runningDaemon } from '../store/daemon-file.ts'
import { type Home, homeAt, homesFolder } from '../store/home.ts'
import type { Command } from './command.ts'
import type { Context } from './context.ts'
import { askNewPassphrase, askPassphrase } from './passphrase.ts'
import { bytes, plural, shownName } from './text.ts'

const PASSPHRASE =
  'The passphrase is asked for on the terminal. Scripts give it by $AGORA_PASSPHRASE or as the first line of standard input. Without it a backup is worth nothing: nobody can recover it.'

export const backupCommands: Command[] = [
  {
    usage: 'backup [file]',
    group: 'Set-up',
    summary: 'Write an encrypted backup of the node.',
    details: `Keys, settings, messages, projects: all but tokens, which are made anew when it is restored. The node may run meanwhile. Without a file it goes into \`backups/\` of the home. ${PASSPHRASE}`,
    examples: ['agora backup', 'agora backup /media/stick/alice.backup'],
    run: backup,
  },
  {
    usage: 'backups',
    alias: 'backups list',
    group: 'Set-up',
    summary: 'List the backups in the node’s home.',
    examples: ['agora backups'],
    async run(context) {
      const { items } = await context.call('backups.list', {})
      await context.answer({ items }, () =>
        items.length === 0
          ? `There is none. Make one: ${context.next('backup')}\n`
          : context.table(
              ['MADE', 'SIZE', 'FILE'],
              items.map((one) => [one.created_at.slice(0, 16).replace('T', ' '), bytes(one.bytes), one.file]),
            ),
      )
    },
  },
  {
    usage: 'backups remove <id>',
    group: 'Set-up',
    summary: 'Delete a backup from the node’s home.',
    details: 'An id is the name of its file without `.backup`.',
    examples: ['agora backups remove agora-alice-20261124T143215Z'],
    async run(context) {
      const id = context.inputs
        .arg('id')
        .replace(/^.*\//, '')
        .replace(/\.backup$/, '')
      await context.answer(await context.call('backups.remove', { id }), ({ removed }) => `Deleted ${removed}.\n`)
    },
  },
  {
    usage: 'restore <file>',
    group: 'Set-up',
    summary: 'Put a backup back. The node must not run, here or elsewhere.',
    details: `The whole file is checked before anything changes. The node has the name it had, unless --name says another. Agents and the operator get new tokens, and settings, friends and blocks are those of then. In projects and threads the node writes nothing until another member has told it what it wrote since: see \`agora restored\`. Two nodes with one key must never run at the same time. ${PASSPHRASE}`,
    options: [
      { name: 'replace', meaning: 'take the place of a node that is here; that is kept in a folder of its home' },
    ],
    examples: ['agora restore alice.backup', 'agora --name alice restore alice.backup --replace'],
    run: restore,
  },
  {
    usage: 'restored',
    group: 'Set-up',
    summary: 'Show where a restored node writes nothing yet, and who is waited for.',
    examples: ['agora restored'],
    async run(context) {
      const { items } = await context.call('backups.waiting', {})
      await context.answer({ items }, () => waitingText(items, context))
    },
  },
  {
    usage: 'restored resume [space]',
    group: 'Set-up',
    summary: 'Write on there without having heard the other members.',
    details:
      'For when nobody knows more than the backup, or whoever does will not come back. If somebody does, what was written then and now stand beside each other: nothing is lost, members are told of a fork, and as keeper the node may give out a task that somebody else holds.',
    examples: ['agora restored resume', 'agora restored resume 8GQm'],
    async run(context) {
      const space = context.inputs.maybe('space')
      const answer = await context.call('backups.resume', space === undefined ? {} : { space })
      await context.answer(answer, ({ resumed }) => `This node writes again in ${plural(resumed.length, 'space')}.\n`)
    },
  },
]

async function backup(context: Context): Promise<void> {
  const home = context.home()
  const given = context.inputs.maybe('file')
  const to = given === undefined ? undefined : resolve(given)
  if (to !== undefined && existsSync(to)) {
    throw new AgoraError('already_exists', `${to} exists, and a backup never writes over a file.`, {
      field: 'file',
      hint: 'Give another name.',
    })
  }
  const passphrase = await askNewPassphrase(context, 'backup')
  const made = runningDaemon(home)
    ? await context.call('backups.create', { passphrase })
    : await writeStill(home, passphrase, context.io.clock.now())
  const file = to ?? made.file
  if (to !== undefined) move(made.file, to)
  await context.answer(
    { ...made, file },
    () =>
      `Written to ${file} (${bytes(made.bytes)}), encrypted by its passphrase.\nKeep it elsewhere than this machine. Put it back: agora restore <that file>\n`,
  )
}

/** Of a node that does not run. */
async function writeStill(home: Home, passphrase: string, now: number) {
  const [{ writeBackup }, { openDatabase }, { lockHome }, { openKey }, { finishLocked }] = await Promise.all([
    import('../store/backup/write.ts'),
    import('../store/database.ts'),
    import('../store/home-lock.ts'),
    import('../identity/key-file.ts'),
    import('../store/backup/apply.ts'),
  ])
  const unlock = lockHome(home)
  try {
    finishLocked(home)
    const { did } = openKey(home.key, false)
    const database = openDatabase(home.database)
    try {
      const { id, path, bytes, createdAt } = await writeBackup(home, { did, database, passphrase, now })
      return { id, file: path, bytes, created_at: new Date(createdAt).toISOString() }
    } finally {
      database.close()
    }
  } finally {
    unlock()
  }
}

/** Never over a file that is there; to another disk too. */
function move(from: string, to: string): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL)
  } catch (cause) {
    throw new AgoraError('invalid_input', `${to} cannot be written: ${messageOf(cause)}.`, {
      field: 'file',
      hint: `The backup lies in ${from}.`,
      cause,
    })
  }
  rmSync(from)
}

async function restore(context: Context): Promise<void> {
  const [{ restoreBackup }, { readHead }] = await Promise.all([
    import('../store/backup/restore.ts'),
    import('../store/backup/head.ts'),
  ])
  const file = resolve(context.inputs.arg('file'))
  const { name } = readHead(file)
  const isNamed = context.inputs.text('name') !== undefined || Boolean(context.io.env['AGORA_NAME'])
  // The name in the file is only where it would go: it makes nothing, and is checked as any other is.
  const home = isNamed ? context.home({ create: true }) : homeAt(homesFolder(context.io.env), name)
  const done = await restoreBackup({
    ...{ home, file, replace: context.inputs.flag('replace'), now: context.io.clock.now() },
    passphrase: () => askPassphrase(context, 'backup'),
  })
  const { head, keptAs, spaces, agents } = done
  const answer = {
    ...{ name: home.name, home: home.dir, node: head.node, created_at: head.created_at, spaces, agents },
    ...(keptAs === undefined ? {} : { kept_as: keptAs }),
  }
  await context.answer(answer, () =>
    [
      `Restored ${shownName(home.name)} (${head.node}) as of ${head.created_at.slice(0, 16).replace('T', ' ')} UTC, in ${home.dir}.`,
      ...(keptAs === undefined ? [] : [`What was here is kept in ${keptAs}.`]),
      `Tokens are new: the operator’s, and of ${plural(agents, 'agent')}. Friends, blocks and settings are those of then: look through them.`,
      ...(spaces === 0
        ? []
        : [
            `In ${plural(spaces, 'project or thread', 'projects and threads')} it writes nothing until another member has told it what it wrote since: agora --name ${shownName(home.name)} restored`,
          ]),
      'Where this node ran before it must never run again.',
      `Start it: agora --name ${shownName(home.name)} start`,
      '',
    ].join('\n'),
  )
}

function waitingText(items: readonly WaitingSpace[], { next, table }: Context): string | Promise<string> {
  if (items.length === 0) return 'This node writes everywhere: nothing is waited for.\n'
  const rows = items.map(({ id, kind, title, as_of, members }) => [
    id.slice(0, 8),
    kind,
    displayLine(title),
    as_of.slice(0, 16).replace('T', ' '),
    members.map(({ name, online }) => `${shownName(name)}${online ? ' (connected)' : ''}`).join(', ') || '-',
  ])
  return Promise.resolve(table(['ID', 'KIND', 'TITLE', 'AS OF', 'ONE OF THESE'], rows)).then(
    (shown) => `${shown}\nIf none of them will come back: ${next('restored resume <id>')}\n`,
  )
}
