import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'

export const root = join(import.meta.dirname, '../..')
export const agora = join(root, 'bin/agora.js')

/** What the figures depend on besides the code. */
export function machineFacts(): Record<string, string> {
  const sqlite = new Sqlite(':memory:')
  const { version } = sqlite.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  sqlite.close()
  const [processor] = cpus()
  return {
    processors: `${cpus().length} x ${processor?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}, load ${loadavg()[0]?.toFixed(2)} before`,
    node: `${process.version}, OpenSSL ${process.versions.openssl}, SQLite ${version}`,
    commit: commit(),
    data: `${tmpdir()} (every write is flushed to it)`,
  }
}

function commit(): string {
  try {
    const git = (...argv: string[]) => execFileSync('git', argv, { cwd: root, encoding: 'utf8', stdio: 'pipe' }).trim()
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', 'src') === '' ? '' : ' and changes')
  } catch {
    // Not a checkout, or no git.
    return 'unknown'
  }
}

/** Whether the build is missing, or older than a source file: what would be measured is not what one reads. */
export function buildFault(): string | undefined {
  const built = statSync(join(root, 'dist/bin.js'), { throwIfNoEntry: false })
  if (!built) return 'nothing is built'
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const newer = sources.find((file) => statSync(join(root, 'src', file)).mtimeMs > built.mtimeMs)
  return newer && `src/${newer} is newer than what is built`
}

/** Bytes of memory a process holds; NaN where the system does not tell it as Linux does. */
export const residentBytes = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(proc(pid, 'status'))?.[1]) * 1024

/** Ms of processor time a process has used, to 10 ms; NaN where the system does not tell it as Linux does. See proc_pid_stat(5). */
export function processorMs(pid: number): number {
  const fields = proc(pid, 'stat').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function proc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    // Another system.
    return ''
  }
}
