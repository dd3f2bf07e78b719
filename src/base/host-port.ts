/** `host:port` of a multiaddr over TCP, as others would type it; undefined for other kinds. */
export function hostPort(multiaddr: string): string | undefined {
  const match = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)/.exec(multiaddr)
  if (!match) return undefined
  const [, kind, host, port] = match
  return kind === 'ip6' ? `[${host}]:${port}` : `${host}:${port}`
}

/** Whether only this machine can reach what `hostPort` made. */
export const isLoopback = (address: string): boolean => /^(127\.|\[::1\]|localhost:)/.test(address)
