import { connect, type Socket } from 'node:net'
import { serve } from './children.ts'

export interface LoadOrder {
  url: string
  token: string
  path: string
  body: object
  count: number
  inFlight: number
  /** Stands in every good answer. */
  expect: string
}

export interface Load {
  perSecond: number
  /** Ms of each call. */
  times: number[]
  /** Microseconds of processor time that this generator took for each call. */
  ownCost: number
}

/**
 * The generator of load, in a process of its own: as many bare sockets as calls are in flight, the request made once, the answer
 * searched and not parsed. It must cost little, since it shares the machine with what it measures.
 */
async function load({ url, token, path, body, count, inFlight, expect }: LoadOrder): Promise<Load> {
  const { hostname, port, host } = new URL(url)
  const text = JSON.stringify(body)
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
  const sockets = await Promise.all(Array.from({ length: inFlight }, () => connected(hostname, Number(port))))
  const times: number[] = []
  let begun = 0
  const before = process.cpuUsage()
  const start = performance.now()
  await Promise.all(sockets.map(lane))
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(before)
  for (const socket of sockets) socket.destroy()
  return { perSecond: (count / ms) * 1000, times, ownCost: (user + system) / count }

  function lane(socket: Socket): Promise<void> {
    return new Promise((resolve, reject) => {
      let sentAt = 0
      let answer = ''
      const next = () => {
        if (begun++ >= count) return resolve()
        sentAt = performance.now()
        socket.write(request)
      }
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('the daemon closed a connection')))
      socket.on('data', (chunk: string) => {
        answer += chunk
        const head = answer.indexOf('\r\n\r\n')
        if (head < 0 || answer.length < head + 4 + Number(/\ncontent-length: (\d+)/i.exec(answer)?.[1])) return
        if (!answer.includes(expect)) return reject(new Error(`an answer without ${expect}: ${answer}`))
        times.push(performance.now() - sentAt)
        answer = ''
        next()
      })
      next()
    })
  }
}

function connected(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket))
    socket.setEncoding('latin1')
    socket.once('error', reject)
  })
}

serve(undefined, load)
