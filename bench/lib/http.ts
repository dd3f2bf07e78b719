import { Agent, get, request } from 'node:http'

/** Calls one daemon; throws when it does not answer with success. */
export type Call = <Answer = Record<string, unknown>>(
  method: string,
  path: string,
  body?: object,
  token?: string,
) => Promise<Answer>

/** HTTP with little around it, so that what is measured is the daemon. `token` in a call takes the place of the one given here. */
export function caller(url: string, own: string): Call {
  const agent = new Agent({ keepAlive: true })
  return <Answer>(method: string, path: string, body?: object, token = own) =>
    new Promise<Answer>((resolve, reject) => {
      const text = body && JSON.stringify(body)
      const headers = {
        authorization: `Bearer ${token}`,
        ...(text ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) } : {}),
      }
      const asked = request(url + path, { method, agent, headers }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const all = Buffer.concat(chunks).toString()
          if ((answer.statusCode ?? 500) < 300) resolve(JSON.parse(all))
          else reject(new Error(`${method} ${path}: ${all}`))
        })
      })
      asked.on('error', reject)
      asked.end(text)
    })
}

/** Follows the events of one type; resolves, with what ends it, when the daemon has said from where on it tells them. */
export function follow(
  url: string,
  token: string,
  type: string,
  onEvent: (data: EventData) => void,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' }
    const asked = get(`${url}/events?types=${type}`, { headers, agent: false }, (stream) => {
      let rest = ''
      stream.setEncoding('utf8')
      stream.on('error', () => undefined) // ended from here
      stream.on('data', (chunk: string) => {
        const blocks = (rest + chunk).split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const data = /^data: (.*)$/m.exec(block)?.[1]
          if (data === undefined) resolve(() => asked.destroy())
          else onEvent(JSON.parse(data))
        }
      })
    })
    asked.on('error', reject)
  })
}

export interface EventData {
  type: string
  id: string
}
