import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TokenProxy extends AsyncDisposable {
  /** `http://localhost:…` */
  url: string
}

/** Passes everything on to `target`, and adds a token: for programs that have no way to give one. */
export async function tokenProxy(target: string, token: string): Promise<TokenProxy> {
  const { hostname, port } = new URL(target)
  const server = createServer((req: IncomingMessage, res: ServerResponse) => {
    const own = /^(localhost|127\.0\.0\.1):\d+$/.test(req.headers.host ?? '')
    // Another host than ours is what is tested, and not the proxy's to put right.
    const headers = {
      ...req.headers,
      ...(own ? { host: `${hostname}:${port}` } : {}),
      ...(req.headers.origin === `http://${req.headers.host}` && own ? { origin: `http://${hostname}:${port}` } : {}),
      authorization: `Bearer ${token}`,
    }
    const onward = request({ hostname, port, path: req.url, method: req.method, headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    res.on('close', () => onward.destroy())
    onward.on('error', () => res.destroy())
    req.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
