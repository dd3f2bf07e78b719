import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AgoraError } from '../../base/errors.ts'
import { type Environment, homesFolder } from '../../store/home.ts'
import { writePrivate } from '../../store/private-file.ts'
import type { Recorded } from './merge.ts'

/** What was done to which file, by its path. */
export type Records = Map<string, Recorded>

const Shape = z.record(
  z.string(),
  z.object({
    created: z.boolean(),
    folders: z.array(z.string()),
    edits: z.array(
      z.object({ offset: z.int(), removed: z.string(), inserted: z.string().min(1), path: z.array(z.string()) }),
    ),
  }),
)

const fileOf = (env: Environment): string => join(homesFolder(env), 'setup.json')

/** @throws AgoraError `invalid_config` when the file is not what we left. */
export function readRecords(env: Environment): Records {
  const path = fileOf(env)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw cause
  }
  try {
    return new Map(Object.entries(Shape.parse(JSON.parse(text))))
  } catch (cause) {
    throw new AgoraError('invalid_config', `${path} is damaged.`, {
      hint: 'Delete it: what was set up can still be removed, though perhaps not to the byte.',
      cause,
    })
  }
}

export function writeRecords(env: Environment, records: Records): void {
  const path = fileOf(env)
  if (records.size === 0) {
    rmSync(path, { force: true })
    return
  }
  mkdirSync(homesFolder(env), { recursive: true, mode: 0o700 })
  writePrivate(path, `${JSON.stringify(Object.fromEntries(records), null, 2)}\n`)
}
