import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const root = dirname(import.meta.dirname)
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))

/** Runs a script with this very Node, whatever Node npm itself has; a failure ends the build with its own words. */
function run(script: string, ...args: string[]): void {
  const { status, error } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' })
  if (status === 0) return
  console.error(`The build failed at: ${[script, ...args].join(' ')}${error ? ` (${error.message})` : ''}`)
  process.exit(status ?? 1)
}

// What a deleted source left there would otherwise still be run and published.
rmSync(join(root, 'dist'), { recursive: true, force: true })
run(join(root, 'scripts/make-routes.ts'))
run(join(typescript, 'bin/tsc'), '-p', 'tsconfig.build.json')
