import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'ava'

const bin = join(import.meta.dirname, '../../src/bin.ts')

test('a command that asks the daemon loads no schemas: it is typed often, and has to answer at once', (t) => {
  const script = `
    import { registerHooks } from 'node:module'
    const packages = new Set()
    registerHooks({
      load(url, context, next) {
        const [, name] = /node_modules\\/([^/]+)/.exec(url) ?? []
        if (name) packages.add(name)
        return next(url, context)
      },
    })
    process.argv = ['node', 'agora', '--version']
    await import(${JSON.stringify(bin)})
    console.log([...packages].sort().join(' '))`
  const out = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' })
  t.is(out.split('\n')[1], 'cac multiformats picocolors')
})
