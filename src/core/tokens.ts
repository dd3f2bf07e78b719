import { hash } from 'node:crypto'
import type { Actor } from '../authority/may.ts'
import { agentDid } from '../base/did.ts'

/** What is kept of a token. Looking up by it tells nothing of the token itself through timing. */
export const tokenHash = (token: string): string => hash('sha256', token, 'base64url')

/** Who holds a token: identity comes from it alone, never from a name in a call. */
export function authenticator(parts: {
  did: string
  operatorToken: string
  agentByToken: (hash: string) => string | undefined
  /** A page that is signed in. */
  sessionByToken: (hash: string) => string | undefined
  touch: (agent: string) => void
}): (token: string) => Actor | undefined {
  const operatorHash = tokenHash(parts.operatorToken)
  const operator = { kind: 'operator', did: parts.did } as const
  return (token) => {
    const known = tokenHash(token)
    if (known === operatorHash) return operator
    const name = parts.agentByToken(known)
    if (name !== undefined) {
      parts.touch(name)
      return { kind: 'agent', did: agentDid(parts.did, name), name }
    }
    const session = parts.sessionByToken(known)
    return session === undefined ? undefined : { ...operator, session }
  }
}
