import { v7, validate, version } from 'uuid'

/** A new UUIDv7 whose time part is `now` (ms): ids made later sort later. */
export const newId = (now: number): string => v7({ msecs: now })

export const isId = (text: string): boolean => validate(text) && version(text) === 7
