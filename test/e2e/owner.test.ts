import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { befriend, type Daemon, eventually, lab, type Process } from '../helpers/processes.ts'

const trustIn = async (node: Daemon, other: Daemon): Promise<number | undefined> => {
  const { items } = await node.client.call('node.peers', {})
  return items.find(({ did }) => did === other.info.did)?.trust_level
}
const hasTrust = (node: Daemon, other: Daemon, level: number) =>
  eventually(node, async () => (await trustIn(node, other)) === level || undefined)

test('one owner on two machines: a friend of the one is a friend of the other, and learns of a lost one when it is back', async (t) => {
  await using world = lab({ AGORA_PASSPHRASE: 'correct horse battery' })
  const [laptop, desktop, bob] = (await Promise.all(['laptop', 'desktop', 'bob'].map((name) => world.start(name)))) as [
    Process,
    Process,
    Process,
  ]
  const run = async (...argv: string[]) => {
    const ran = await world.cli(...argv)
    t.is(ran.code, 0, ran.err)
    return ran.out
  }
  const file = join(world.folder, 'owner-key.json')
  t.regex(await run('--name', 'laptop', 'owner', 'init'), /did:agora:owner:z6Mk/)
  await run('--name', 'laptop', 'owner', 'export', file)
  t.is(statSync(file).mode & 0o777, 0o600)
  await run('--name', 'desktop', 'owner', 'import', file)

  await bob.client.call('node.connect', { address: laptop.address })
  await befriend(bob, laptop)
  t.is(await trustIn(bob, laptop), 1)
  await bob.client.call('node.connect', { address: desktop.address })
  await hasTrust(bob, desktop, 1)
  await desktop.client.call('node.connect', { address: laptop.address })
  await hasTrust(desktop, laptop, 3)
  await hasTrust(laptop, desktop, 3)

  // All of it is on disk.
  await Promise.all([laptop.kill(), bob.kill()])
  await Promise.all([laptop.restart(), bob.restart()])
  await desktop.client.call('node.connect', { address: laptop.address })
  await hasTrust(desktop, laptop, 3)
  await bob.client.call('node.connect', { address: desktop.address })
  await hasTrust(bob, desktop, 1)

  // Lost while bob is away. He meets the lost one first, which does not tell.
  await bob.stop()
  const revoked = await run('--name', 'desktop', 'owner', 'revoke', laptop.info.did)
  t.regex(revoked, new RegExp(laptop.info.did))
  await hasTrust(desktop, laptop, 0)
  await eventually(laptop, async () => (await laptop.client.call('owner.show', {})).state === 'revoked' || undefined)
  await bob.restart()
  await bob.client.call('node.connect', { address: laptop.address })
  t.is(await trustIn(bob, laptop), 1)
  await bob.client.call('node.connect', { address: desktop.address })
  await hasTrust(bob, laptop, 0)
  await hasTrust(bob, desktop, 0)
  await bob.kill()
  await bob.restart()
  await bob.client.call('node.connect', { address: laptop.address })
  t.is(await trustIn(bob, laptop), 0)
  t.false(existsSync(bob.home.ownerKey))
  t.false(readFileSync(laptop.home.ownerKey, 'utf8').includes('correct horse'))
  t.regex(await run('--name', 'desktop', 'owner'), /laptop|revoked/)
  const doctor = await world.cli('--name', 'laptop', 'doctor')
  t.is(doctor.code, 1)
  t.regex(doctor.out, /fail {2}owner .*revoked/)
})
