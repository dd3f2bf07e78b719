import { AgoraError, messageOf } from '../base/errors.ts'

/** Why listening failed, from what libp2p threw: it keeps the cause in its message alone. */
export function listenFault(error: unknown): unknown {
  const message = messageOf(error)
  const [, port] = /EADDRINUSE[^\n]*:(\d+)/.exec(message) ?? []
  if (port) {
    return new AgoraError('port_in_use', `Port ${port} is already in use.`, {
      field: 'port',
      hint: 'Choose another port with --port, or --port 0 for any that is free.',
      cause: error,
    })
  }
  const [, code, address] = /(EADDRNOTAVAIL|EACCES).* (\S+)$/m.exec(message) ?? []
  if (!code) return error
  const why = code === 'EACCES' ? 'this user may not use that port' : 'this machine does not have that address'
  return new AgoraError('invalid_address', `Cannot listen on ${address}: ${why}.`, { field: 'address', cause: error })
}

const reasons: [pattern: RegExp, why: string][] = [
  [/denied/i, 'who answers there is blocked here'],
  [/ECONNREFUSED/, 'nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN|NoValidAddresses|no valid addresses/i, 'this name is not known'],
  [/EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/, 'there is no way to that network'],
  [/ETIMEDOUT|time.?out|aborted/i, 'it does not answer in time'],
  [
    /ECONNRESET|EPIPE|closed|reset|ended|EOF/i,
    'it closed the connection; it may refuse unknown peers, or be something else than an Agora node',
  ],
  // What an HTTP server makes of a handshake: the likeliest is the port of an API.
  [
    /Encryption ?failed/i,
    'what answers there is no Agora node; peers have a port of their own, beside that of the API',
  ],
]

/** Why dialling failed, in words. */
export function dialFault(address: string, error: unknown): AgoraError {
  if (error instanceof AgoraError) return error
  if (error instanceof Error && error.name === 'InvalidPeerIdError') return selfDialled(address)
  const message = error instanceof AggregateError ? error.errors.map(messageOf).join('; ') : messageOf(error)
  const text = error instanceof Error ? `${error.name} ${message}` : message
  const why = reasons.find(([pattern]) => pattern.test(text))?.[1] ?? message
  return new AgoraError('unreachable', `Cannot connect to ${address}: ${why}.`, { cause: error })
}

export const selfDialled = (address: string): AgoraError =>
  new AgoraError('invalid_address', `${address} is this node itself.`, { field: 'address' })

export const wrongIdentity = (address: string, expected: string, actual: string): AgoraError =>
  new AgoraError('wrong_identity', `At ${address} another node answers: expected ${expected}, found ${actual}.`, {
    field: 'address',
    hint: 'Ask the operator of the node for its DID; do not go on if this comes as a surprise.',
  })

export const blockedPeer = (did: string): AgoraError =>
  new AgoraError('blocked', `${did} is blocked here.`, {
    field: 'address',
    hint: 'Unblock it first: `agora friends unblock`.',
  })
