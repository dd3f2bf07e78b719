import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The sample repository at which the agents work: real files, real commits. */
export interface Repository {
  dir: string
  url: string
  /** Whether there is a git to commit with. */
  commits: boolean
  write(path: string, text: string): void
  /** Commits one file, as it is. The short hash; undefined without git, or when nothing is new. */
  commit(author: string, message: string, path: string): Promise<string | undefined>
  tag(name: string): Promise<void>
  /** Runs its tests: how many passed and failed. */
  test(): Promise<{ passed: number; failed: number }>
}

interface Done {
  ok: boolean
  out: string
}

/** Ms for one run of git or of the tests. */
const PATIENCE = 30_000

export async function makeRepository(dir: string, env: Record<string, string | undefined>, signal: AbortSignal) {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const run = (file: string, argv: string[]) => runIn(dir, alone(env, dir), file, argv, signal)
  const git = (...argv: string[]) => run('git', [...settings, ...argv])
  const { ok: commits } = await git('init', '--quiet')
  const repository: Repository = {
    dir,
    url: pathToFileURL(dir).href,
    commits,
    write(path, text) {
      const file = join(dir, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    },
    async commit(author, message, path) {
      if (!commits) return undefined
      await git('add', '--', path)
      const name = author.replace(/[<>\n]/g, '')
      const who = ['-c', `user.name=${name}`, '-c', `user.email=${encodeURIComponent(name)}@demo.invalid`]
      const { ok } = await git(...who, 'commit', '--quiet', '--no-verify', `--message=${message}`, '--only', '--', path)
      return ok ? (await git('rev-parse', '--short', 'HEAD')).out.trim() : undefined
    },
    tag: async (name) => void (commits && (await git('tag', '--force', name))),
    async test() {
      const { out } = await run(process.execPath, ['--test', '--test-reporter=tap'])
      const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(out)?.[1] ?? 0)
      return { passed: count('pass'), failed: count('fail') }
    },
  }
  return repository
}

/** Nothing of it may outlive the demo, and nothing that this user has set for their own work may take part. */
const settings = [
  'init.defaultBranch=main',
  'commit.gpgSign=false',
  'tag.gpgSign=false',
  'gc.autoDetach=false',
].flatMap((each) => ['-c', each])

function alone(env: Record<string, string | undefined>, dir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([key]) => !/^(GIT_|AGORA_|NODE_OPTIONS$|NODE_TEST_CONTEXT$)/.test(key))
  const none = process.platform === 'win32' ? 'NUL' : '/dev/null'
  return {
    ...Object.fromEntries(kept),
    HOME: dir,
    XDG_CONFIG_HOME: dir,
    GIT_CONFIG_GLOBAL: none,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: dirname(dir),
  }
}

const runIn = (cwd: string, env: NodeJS.ProcessEnv, file: string, argv: string[], signal: AbortSignal): Promise<Done> =>
  new Promise((resolve, reject) => {
    execFile(file, argv, { cwd, env, signal, timeout: PATIENCE, encoding: 'utf8' }, (error, out) =>
      signal.aborted ? reject(signal.reason) : resolve({ ok: !error, out }),
    )
  })
