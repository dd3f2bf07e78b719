import { v7, validate, version } from 'uuid'

/** Random bytes for many ids at a time: asking for them costs more than all else of an id. */
const pool = new Uint8Array(4096)
let used = pool.length

/** Sixteen of them, to be used at once: they are overwritten later. */
export function randomBytes(): Uint8Array {
  if (used === pool.length) {
    crypto.getRandomValues(pool)
    used = 0
  }
  used += 16
  return pool.subarray(used - 16, used)
}

/** A new UUIDv7 whose time part is `now` (ms): ids made later sort later. */
export const newId = (now: number): string => v7({ msecs: now, random: randomBytes() })

/** The UUIDv7 of that time (ms) which these 16 bytes make: the same each time. */
export const idFrom = (time: number, random: Uint8Array): string => v7({ msecs: time, random })

export const isId = (text: string): boolean => validate(text) && version(text) === 7
