import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { build as buildDashboard } from 'vite'

const root = dirname(import.meta.dirname)

// With this very Node, whatever Node npm itself has.
const routes = spawnSync(process.execPath, [join(root, 'scripts/make-routes.ts')], { cwd: root, stdio: 'inherit' })
if (routes.status !== 0) process.exit(routes.status ?? 1)

// What a deleted source left there would otherwise still be run and published.
rmSync(join(root, 'dist'), { recursive: true, force: true })

/**
 * A few files in place of all those that the source and its packages consist of: to find and read them took a third of a start and a quarter of the
 * memory. What is imported lazily stays a file of its own. Not minified, so that stack traces can be read.
 */
await build({
  absWorkingDir: root,
  entryPoints: ['src/bin.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24.12',
  // The form of it that Node takes asks for its own files in a way that cannot be bundled.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  // Loads its native half from its own folder.
  external: ['better-sqlite3'],
  // CommonJS packages ask for Node's own modules by it.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)",
  },
  logLevel: 'warning',
})

await buildDashboard({
  root: join(root, 'dashboard'),
  build: { outDir: join(root, 'dist/dashboard'), emptyOutDir: true },
  logLevel: 'warn',
})
