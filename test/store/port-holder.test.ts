import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import test from 'ava'
import { writeDaemonInfo } from '../../src/store/daemon-file.ts'
import { portHolder } from '../../src/store/port-holder.ts'
import { ALICE, homesFolder, plantHome } from '../helpers/cli.ts'

test('another node of this user is named', (t) => {
  using homes = homesFolder()
  writeDaemonInfo(plantHome(homes.folder, 'bob'), {
    pid: process.pid,
    name: 'bob',
    did: ALICE,
    port: 7312,
    api_port: 7313,
    api_url: 'http://127.0.0.1:7313',
    started_at: '',
    version: '',
  })
  const env = { AGORA_HOME: homes.folder }
  t.is(portHolder(7312, env, '/nowhere'), `the Agora node "bob" (process ${process.pid})`)
  t.is(portHolder(7313, env, '/nowhere'), `the Agora node "bob" (process ${process.pid})`)
  t.is(portHolder(7314, env, '/nowhere'), undefined)
})

const onLinux = process.platform === 'linux' ? test : test.skip

onLinux('any other process is found through the kernel’s tables', async (t) => {
  using homes = homesFolder()
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const holder = portHolder(port, { AGORA_HOME: homes.folder })
  await new Promise((resolve) => server.close(resolve))
  t.regex(holder ?? '', new RegExp(`^process ${process.pid} \\(.*node`))
})

test('of another user’s process only the user is known; its command line cannot move the cursor', (t) => {
  using homes = homesFolder()
  const proc = join(homes.folder, 'proc')
  const line = (inode: number, port: string) =>
    `   0: 00000000:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0`
  mkdirSync(join(proc, 'net'), { recursive: true })
  mkdirSync(join(proc, '42/fd'), { recursive: true })
  writeFileSync(join(proc, 'net/tcp'), `  sl  local_address\n${line(77, '1C90')}\n`)
  writeFileSync(join(proc, 'net/tcp6'), `  sl  local_address\n${line(78, '1C91')}\n`)
  symlinkSync('socket:[78]', join(proc, '42/fd/3'))
  writeFileSync(join(proc, '42/cmdline'), 'evil\0\u001b[2J\0')
  t.is(portHolder(7312, {}, proc), 'a process of user 1000')
  t.is(portHolder(7313, {}, proc), 'process 42 (evil [2J)')
})
