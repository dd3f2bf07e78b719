import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AgoraError } from '../base/errors.ts'
import { type AppParts, createApp } from './app.ts'

export interface HttpParts extends AppParts {
  /** 0 takes a free one. */
  port: number
  host: '127.0.0.1'
}

export interface HttpServer {
  /** @throws AgoraError `port_in_use`, with field `api_port`. */
  start(): Promise<{ port: number; url: string }>
  /** Refuses what is new, ends event streams and long polls, and gives other calls 2 s to finish. */
  stop(): Promise<void>
}

const GRACE = 2000

/** The local API over HTTP. */
export function createHttpServer(parts: HttpParts): HttpServer {
  const { host, clock } = parts
  const app = createApp(parts)
  const server = createServer(
    {
      // A local client keeps its connection: a new one costs more than the call.
      keepAliveTimeout: 60_000,
      // How long a request itself may take to arrive; answers may take as long as they like.
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      maxHeaderSize: 16 << 10,
    },
    app.handle,
  )
  server.maxConnections = 1024
  return {
    async start() {
      const port = await listen(server, parts.port, host)
      return { port, url: `http://${host}:${port}` }
    },
    async stop() {
      if (!server.listening) return
      const closed = new Promise((resolve) => server.close(resolve))
      app.abort()
      const cancel = clock.after(GRACE, () => server.closeAllConnections())
      await closed
      cancel()
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, port))
    server.once('error', onError)
    server.listen(port, host, () => {
      server.off('error', onError)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new AgoraError('port_in_use', `Port ${port} for the API is taken.`, { field: 'api_port', cause: error })
  }
  if (error.code === 'EACCES') {
    return new AgoraError('invalid_config', `Port ${port} may not be used by this user.`, {
      field: 'api_port',
      hint: 'Ports from 1024 on need no special rights.',
      cause: error,
    })
  }
  return error
}
