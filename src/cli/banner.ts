import { hostPort, isLoopback } from '../base/host-port.ts'
import type { Context } from './context.ts'
import { shownName } from './text.ts'

export interface Started {
  name: string
  did: string
  pid: number
  home: string
  api_url: string
  addresses: string[]
}

/** What a person wants to know when a node has started: who it is, where it is, and what to type next. */
export function banner(started: Started, { style, pairs }: Context, end: string): string {
  const { name, did, api_url, addresses, home } = started
  const reachable = addresses.map(hostPort).filter((address) => address !== undefined)
  const outside = reachable.find((address) => !isLoopback(address))
  const inside = reachable.find((address) => isLoopback(address)) ?? outside
  const next: [string, string][] = [
    ...(outside ? [['On another machine', `agora start --connect ${outside}`] as [string, string]] : []),
    ...(inside
      ? [['On this one', `agora --name <other> start --port 0 --api-port 0 --connect ${inside}`] as [string, string]]
      : []),
    ['Dashboard', `agora --name ${shownName(name)} dashboard`],
    ['Then', `agora --name ${shownName(name)} send "Hello" · agora --name ${shownName(name)} messages --wait`],
  ]
  return `${style.bold(name)} is running.

${pairs([
  ['DID', did],
  ...addresses.map((address, index) => [index === 0 ? 'Addresses' : '', address] as const),
  ['API', api_url],
  ['Home', home],
])}
${pairs(next)}
${end}
`
}
