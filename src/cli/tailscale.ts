import { execFile } from 'node:child_process'
import { isIPv4 } from 'node:net'
import { promisify } from 'node:util'
import { AgoraError, messageOf } from '../base/errors.ts'

type Run = (file: string, args: string[]) => Promise<{ stdout: string }>

const run: Run = (file, args) => promisify(execFile)(file, args, { timeout: 5000 })

/** Addresses to listen on, with `tailscale` replaced by this machine's address in the tailnet. */
export async function listenAddresses(addresses: readonly string[], tailscale: Run = run): Promise<string[]> {
  if (!addresses.includes('tailscale')) return [...addresses]
  const found = await tailnetAddress(tailscale)
  return addresses.map((address) => (address === 'tailscale' ? found : address))
}

/** This machine's IPv4 address in the tailnet, as the `tailscale` program tells it. */
async function tailnetAddress(tailscale: Run): Promise<string> {
  const hint =
    'Is Tailscale installed and up? `tailscale ip -4` must print an address. Or give the address itself by --address.'
  let output: string
  try {
    output = (await tailscale('tailscale', ['ip', '-4'])).stdout
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const why = missing ? 'there is no program `tailscale`' : messageOf(cause).split('\n').at(-1) || messageOf(cause)
    throw new AgoraError('invalid_config', `The tailnet address cannot be found: ${why}.`, {
      field: 'address',
      hint,
      cause,
    })
  }
  const address = output
    .split('\n')
    .map((line) => line.trim())
    .find((line) => isIPv4(line))
  if (address) return address
  throw new AgoraError('invalid_config', 'The tailnet address cannot be found: `tailscale ip -4` printed none.', {
    field: 'address',
    hint,
  })
}
