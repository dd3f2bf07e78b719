import { existsSync, readFileSync } from 'node:fs'
import { messageOf } from '../../base/errors.ts'
import { type Attestation, checkAttestation } from '../../identity/owner.ts'
import { writePrivate } from '../../store/private-file.ts'

export interface OwnAttestation {
  /** This node's own, expired or not; undefined when there is none. */
  get(): Attestation | undefined
  set(attestation: Attestation): void
}

/** `owner.json`: the owner's word that this node is theirs. It is no secret, and worth nothing to another node. */
export function openOwnAttestation(path: string, did: string, onFault: (detail: string) => void): OwnAttestation {
  let current: Attestation | undefined
  const read = readAttestation(path, did)
  if (typeof read === 'string') onFault(read)
  else current = read
  return {
    get: () => current,
    set(attestation) {
      writePrivate(path, `${JSON.stringify(attestation, null, 2)}\n`)
      current = attestation
    },
  }
}

/** What is in the file, undefined when there is none, or what is wrong with it. Time is not looked at. */
export function readAttestation(path: string, did: string): Attestation | string | undefined {
  if (!existsSync(path)) return undefined
  try {
    const value = JSON.parse(readFileSync(path, 'utf8'))
    const checked = checkAttestation(value, did, Date.parse(value.issued_at))
    return checked.statement ?? `${path} does not attest this node: ${checked.detail}`
  } catch (error) {
    return `${path} cannot be used: ${messageOf(error)}`
  }
}
