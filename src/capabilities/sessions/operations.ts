import { z } from 'zod'
import { Empty, page, Time, wellFormed } from '../../contract/common.ts'
import { MessageId } from '../../contract/envelope.ts'
import { operation } from '../../contract/operation.ts'
import { Session } from './schema.ts'

export const sessionOperations = [
  operation({
    name: 'sessions.create',
    summary: 'Make a code by which a page signs in once.',
    description: 'It holds for 60 seconds. `agora dashboard` makes one and opens the dashboard with it.',
    who: 'operator',
    input: Empty,
    output: z.object({ code: z.string(), expires_at: Time }),
    http: { method: 'POST', path: '/sessions', status: 201 },
  }),
  operation({
    name: 'sessions.open',
    summary: 'Sign in with a code: the answer is a token that acts as the operator.',
    description:
      'The token is told here once. It ends 24 hours after it was last used (an open event stream is use), 30 days after it was made, by `sessions.end`, and when the operator’s token is replaced. A code that is wrong, used or too old answers `unauthenticated`; after ten wrong ones at once, all but one a second answer `rate_limited`.',
    who: 'anyone',
    input: z.object({ code: z.string().min(1).max(256), label: wellFormed(z.string().max(100)).optional() }),
    output: z.object({ id: MessageId, token: z.string(), expires_at: Time }),
    http: { method: 'POST', path: '/sessions/open', status: 201 },
  }),
  operation({
    name: 'sessions.prove',
    summary: 'Show to a page that is signed in that this is the daemon that knows its token.',
    description:
      'The answer is HMAC-SHA256, as base64url, of `agora session proof`, a line break and the nonce; its key is the text of the base64url SHA-256 of the token. When a daemon is gone, a program of another user of this machine can listen at its port: a page asks for this before it sends its token to a daemon that it does not hear. Where nobody is signed in under that id: `unauthenticated`.',
    who: 'anyone',
    input: z.object({
      id: MessageId,
      nonce: z.string().regex(/^[\w-]{22,64}$/, 'is not 22 to 64 characters of base64url'),
    }),
    output: z.object({ proof: z.string() }),
    http: { method: 'POST', path: '/sessions/prove' },
  }),
  operation({
    name: 'sessions.list',
    summary: 'List the pages that are signed in, latest first.',
    who: 'operator',
    input: Empty,
    output: page(Session),
    http: { method: 'GET', path: '/sessions' },
  }),
  operation({
    name: 'sessions.end',
    summary: 'Sign a page out: its token stops working at once, and its event stream ends.',
    who: 'operator',
    input: z.object({ id: MessageId }),
    output: z.object({ ended: MessageId }),
    http: { method: 'DELETE', path: '/sessions/:id' },
  }),
] as const
