import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const program = join(import.meta.dirname, '../../node_modules/@modelcontextprotocol/conformance/dist/index.js')

export interface Conformance {
  code: number
  report: string
}

/** The official conformance suite's scenarios for servers, against a URL. `expected`: the file of those that may fail. */
export function conformance(url: string, expected: string, ...flags: string[]): Promise<Conformance> {
  const folder = mkdtempSync(join(tmpdir(), 'agora-conformance-'))
  const argv = [
    program,
    'server',
    '--url',
    url,
    '--suite',
    'all',
    '--expected-failures',
    expected,
    '-o',
    folder,
    ...flags,
  ]
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { maxBuffer: 1 << 26 }, (error, out, err) => {
      rmSync(folder, { recursive: true, force: true })
      resolve({ code: error ? Number(error.code ?? 1) : 0, report: `${out}\n${err}` })
    })
  })
}
