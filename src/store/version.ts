import { readFileSync } from 'node:fs'

/** Agora's version, as package.json says it: two folders up from here, in the source and in what is built. */
export const version: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
