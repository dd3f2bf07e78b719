import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { displayLine } from '../base/text.ts'
import { runningDaemon } from './daemon-file.ts'
import { type Environment, listHomes } from './home.ts'

/** Which process listens on a TCP port of this machine, in words; undefined where that cannot be known. */
export function portHolder(port: number, env: Environment, proc = '/proc'): string | undefined {
  for (const home of listHomes(env)) {
    const daemon = runningDaemon(home)
    if (daemon && (daemon.port === port || daemon.api_port === port)) {
      return `the Agora node ${JSON.stringify(home.name)} (process ${daemon.pid})`
    }
  }
  const socket = listener(port, proc)
  if (!socket) return undefined
  return ownerOf(socket.inode, proc) ?? `a process of user ${socket.uid}`
}

/** Linux: the listening socket's inode and user, from the kernel's table (proc(5), /proc/net/tcp). */
function listener(port: number, proc: string): { inode: string; uid: string } | undefined {
  for (const table of ['tcp', 'tcp6']) {
    for (const line of readLines(`${proc}/net/${table}`)) {
      const [, local = '', , state, , , , uid = '', , inode = ''] = line.trim().split(/\s+/)
      if (state === '0A' && Number.parseInt(local.split(':')[1] ?? '', 16) === port) return { inode, uid }
    }
  }
  return undefined
}

function ownerOf(inode: string, proc: string): string | undefined {
  for (const pid of readFolder(proc)) {
    if (!/^\d+$/.test(pid)) continue
    for (const handle of readFolder(`${proc}/${pid}/fd`)) {
      if (linkOf(`${proc}/${pid}/fd/${handle}`) !== `socket:[${inode}]`) continue
      const command = readLines(`${proc}/${pid}/cmdline`).join(' ').replaceAll('\0', ' ').trim()
      return `process ${pid} (${displayLine(command).slice(0, 60)})`
    }
  }
  return undefined
}

// Processes end, and those of others are closed to us, while we look: what cannot be read is not there.
function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}
function readFolder(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
