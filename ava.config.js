import { join } from 'node:path'

export default {
  files: ['test/**/*.test.ts'],
  extensions: ['ts'],
  // Without any test coming to its end; one that takes long on a busy machine is none that hangs.
  timeout: '4m',
  environmentVariables: {
    // Every test file is a thread, and many start processes: what one has compiled, the others find ready.
    NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compile'),
  },
}
