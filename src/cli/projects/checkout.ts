import { execFile } from 'node:child_process'
import { basename, dirname, resolve } from 'node:path'

/** A checkout of a git repository, as far as it says which project is meant. */
export interface Checkout {
  /** Where git keeps the repository: the same for all its worktrees. */
  repository: string
  /** The name of its folder. */
  name: string
  /** The URL of its remote, as configured: `origin`, else the first. */
  remote: string | undefined
}

/** Ms git may take; a folder on a sleeping disk is no reason to wait for ever. */
const PATIENCE = 5000

/** The checkout that `folder` is in; undefined where there is none, or no git. */
export async function checkoutAt(folder: string): Promise<Checkout | undefined> {
  const top = await git(folder, 'rev-parse', '--show-toplevel')
  if (!top) return undefined
  const [common, remotes] = await Promise.all([
    git(top, 'rev-parse', '--git-common-dir'),
    git(top, 'config', '--get-regexp', '^remote\\..*\\.url$'),
  ])
  if (!common) return undefined
  const repository = resolve(top, common)
  const urls = (remotes ?? '').split('\n').flatMap((line) => {
    const [, remote, url] = /^remote\.(.*)\.url (.+)$/.exec(line) ?? []
    return remote === undefined || url === undefined ? [] : [{ remote, url }]
  })
  return {
    repository,
    name: basename(basename(repository) === '.git' ? dirname(repository) : top),
    remote: (urls.find(({ remote }) => remote === 'origin') ?? urls[0])?.url,
  }
}

function git(folder: string, ...argv: string[]): Promise<string | undefined> {
  return new Promise((done) => {
    execFile('git', argv, { cwd: folder, timeout: PATIENCE, encoding: 'utf8' }, (error, out) =>
      // No git, no repository, or one that git does not trust: then there is no checkout to go by.
      done(error ? undefined : out.trim()),
    )
  })
}

const SCP = /^(?:([^@/\s]+)@)?([^:/\s]+):(?!\/\/)(.+)$/

/**
 * A remote as it may be told to others: without user names and passwords (the user of ssh stays, which is no secret), and none that is a folder of
 * this machine.
 */
export function publicRemote(remote: string): string | undefined {
  if (SCP.test(remote)) return remote
  const url = parsed(remote)
  if (!url?.hostname || url.protocol === 'file:') return undefined
  url.password = ''
  if (url.protocol !== 'ssh:') url.username = ''
  url.search = ''
  url.hash = ''
  return url.href.replace(/\/$/, '')
}

/** Whether two remotes are of one repository, however they are reached. */
export const sameRepository = (one: string, other: string): boolean => repositoryKey(one) === repositoryKey(other)

/** What is the same for all ways to reach a repository. */
export function repositoryKey(remote: string): string {
  const [, , host, path] = SCP.exec(remote) ?? []
  const url = host === undefined ? parsed(remote) : undefined
  const key =
    host !== undefined ? `${host.toLowerCase()}/${path}` : url?.hostname ? url.hostname + url.pathname : remote
  return key
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .replace(/\/{2,}/g, '/')
}

const parsed = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined)
