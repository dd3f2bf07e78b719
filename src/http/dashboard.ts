import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Middleware } from 'koa'
import { AgoraError } from '../base/errors.ts'

/** Where the build puts the dashboard: beside the bundle, which is where this file is found once built. */
export const BUILT_DASHBOARD = import.meta.filename.endsWith('.ts')
  ? join(import.meta.dirname, '../../dist/dashboard')
  : join(import.meta.dirname, 'dashboard')

/** Vite puts it wherever a nonce belongs. One that stays the same would be none, so each answer has its own. */
const NONCE = /__CSP_NONCE__/g

/** Scripts come from here alone and never stand in the page. Styles that a component makes at run time carry the nonce. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
}
/** One name and no path: what begins with a dot, or has a separator of any system in it, is none. */
const FILE = /^[\w-][\w.-]{0,199}$/

/** The files of the built dashboard in `folder`, and nothing else of the disk. */
export function serveDashboard(folder: string): { page: Middleware; asset: Middleware } {
  return {
    async page(ctx) {
      const html = await contentOf(join(folder, 'index.html'))
      if (!html) {
        ctx.status = 503
        ctx.body = 'The dashboard is not built. Run `npm run build` where Agora lies, and load this page again.\n'
        return
      }
      const nonce = randomBytes(16).toString('base64url')
      ctx.set('Content-Security-Policy', policy(nonce))
      // A page that opened this one, or that this one opens, gets no hold of its window.
      ctx.set('Cross-Origin-Opener-Policy', 'same-origin')
      ctx.type = 'html'
      ctx.body = html.toString('utf8').replace(NONCE, nonce)
    },

    async asset(ctx) {
      const { file = '' } = ctx['params'] as { file?: string }
      const type = types[extname(file)]
      const content = type !== undefined && FILE.test(file) ? await contentOf(join(folder, 'assets', file)) : undefined
      if (type === undefined || !content)
        throw new AgoraError('not_found', `The dashboard has no file ${JSON.stringify(file)}.`)
      // Its name says what is in it: what changes has another name.
      ctx.set('Cache-Control', 'private, max-age=31536000, immutable')
      ctx.set('Content-Type', type)
      ctx.etag = createHash('sha256').update(content).digest('base64url').slice(0, 22)
      ctx.status = 200
      if (ctx.fresh) ctx.status = 304
      else ctx.body = content
    },
  }
}

/** Undefined when there is no such file. */
async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined
    throw error
  }
}
