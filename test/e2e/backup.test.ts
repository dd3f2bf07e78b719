import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { openKey } from '../../src/identity/key-file.ts'
import { eventually, lab, type Process } from '../helpers/processes.ts'

const PASSPHRASE = 'correct horse battery'
const program = join(import.meta.dirname, '../../src/bin.ts')

test('a lost machine comes back from its backup, and writes on where it had ended', async (t) => {
  t.timeout(240_000)
  await using world = lab({ AGORA_PASSPHRASE: PASSPHRASE })
  const alice = await world.start('alice')
  const bob = await world.start('bob', '--connect', alice.address)
  await eventually(alice, async () => alice.client.call('node.peers', {}).then(({ items }) => items[0]))
  await alice.client.call('friends.add', { name: 'bob', trust_level: 3 })
  await bob.client.call('friends.add', { name: 'alice', trust_level: 2 })
  await alice.client.call('agents.register', { name: 'claude' })
  const { id: project_id } = await alice.client.call('projects.create', { name: 'our work' })
  const { id } = await alice.client.call('invitations.send', { project_id, peer_name: 'bob', role: 'developer' })
  await eventually(bob, async () => (await bob.client.call('invitations.list', {})).items[0])
  await bob.client.call('invitations.accept', { id })
  const isMember = async () => {
    const { items } = await alice.client.call('projects.team', { project_id })
    return items.some(({ did }) => did === bob.info.did) || undefined
  }
  await eventually(alice, isMember)

  const file = join(world.folder, 'alice.backup')
  t.regex(await world.run('alice', 'backup', file), /^Written to .*alice\.backup/)
  t.is(statSync(file).mode & 0o777, 0o600)
  t.regex(await world.run('alice', 'backups'), /^There is none/)
  await downloads(t, alice)
  const said = async (node: Process) =>
    (await node.client.call('rooms.read', { project_id, room: 'main' })).items.map(({ body }) => body)
  await alice.client.call('rooms.say', { project_id, room: 'main', body: 'after the backup' })
  await eventually(bob, async () => (await said(bob)).includes('after the backup') || undefined)

  const running = await world.cli('--name', 'alice', 'restore', file, '--replace')
  t.is(running.code, 1)
  t.regex(running.err, /is already running/)
  const oldToken = readFileSync(alice.home.token, 'utf8')
  await alice.kill()
  await bob.stop()
  rmSync(alice.home.dir, { recursive: true })

  const restored = await world.cli('restore', file)
  t.is(restored.code, 0, restored.err)
  t.regex(restored.out, /^Restored alice \(did:agora:z6Mk.* as of 20/)
  t.regex(restored.out, /of 1 agent\./)
  await alice.restart()
  t.not(readFileSync(alice.home.token, 'utf8'), oldToken)
  t.is((await alice.client.call('node.status', {})).did, alice.info.did)
  const early = await world.cli('--name', 'alice', 'project', 'add-task', project_id, 'too early')
  t.is(early.code, 1)
  t.regex(early.err, /comes from a backup of 20[^\n]*\n[\s\S]*agora restored/)
  t.regex(await world.run('alice', 'restored'), /our work .* bob\n/)

  await bob.restart()
  await alice.client.call('node.connect', { address: bob.address })
  await eventually(alice, async () => (await alice.client.call('backups.waiting', {})).items.length === 0 || undefined)
  t.deepEqual(await said(alice), ['after the backup'])
  await alice.client.call('rooms.say', { project_id, room: 'main', body: 'here again' })
  await eventually(bob, async () => (await said(bob)).includes('here again') || undefined)
  const hash = async (node: Process) => (await node.client.call('projects.verify', { project_id })).state_hash
  t.is(await hash(alice), await hash(bob))

  // Killed in the middle of it, the node that is here is still the whole of it, or the restored one is.
  await alice.stop()
  const env = { ...process.env, AGORA_HOME: world.folder, AGORA_PASSPHRASE: PASSPHRASE }
  for (const moment of ['restoring', 'agora.db', 'restore.json']) {
    const seen = new Promise<void>((resolve) => {
      const watcher = watch(alice.home.dir, { recursive: true }, (_, name) => {
        if (!name?.includes(moment)) return
        watcher.close()
        resolve()
      })
    })
    const child = spawn(process.execPath, [program, '--name', 'alice', 'restore', file, '--replace'], {
      env,
      stdio: 'ignore',
    })
    const exit = once(child, 'exit')
    await Promise.race([seen, exit])
    child.kill('SIGKILL')
    await exit
    await alice.restart()
    t.is((await alice.client.call('node.status', {})).did, alice.info.did, moment)
    t.false(existsSync(alice.home.restoring) || existsSync(alice.home.restore), moment)
    t.is(openKey(alice.home.key, false).did, alice.info.did)
    t.is((await alice.client.call('projects.list', {})).items.length, 1, moment)
    await alice.stop()
  }
})

/** `POST /backups` and `GET /backups/:id/file`, as a page would ask. */
async function downloads(t: import('ava').ExecutionContext, { info, home, client }: Process): Promise<void> {
  const { id, bytes, file } = await client.call('backups.create', { passphrase: 'another passphrase' })
  const get = (path: string, token?: string) =>
    fetch(
      `${info.api_url}/backups/${path}/file`,
      token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } },
    )
  const token = readFileSync(home.token, 'utf8').trim()
  const answer = await get(id, token)
  t.is(answer.status, 200)
  t.is(answer.headers.get('content-length'), String(bytes))
  t.is(answer.headers.get('content-disposition'), `attachment; filename="${id}.backup"`)
  t.deepEqual(Buffer.from(await answer.arrayBuffer()), readFileSync(file))
  const agent = readFileSync(join(home.agents, 'claude.token'), 'utf8').trim()
  t.is((await get(id)).status, 401)
  t.is((await get(id, agent)).status, 403)
  for (const path of ['nothing', '..%2Fnode.key', '..%2F..%2Falice%2Fnode', '%2Fetc%2Fpasswd'])
    t.is((await get(path, token)).status, 404, path)
  await t.throwsAsync(client.call('backups.remove', { id: '../node.key' }), { code: 'not_found' })
  await client.call('backups.remove', { id })
  t.false(existsSync(file))
}
