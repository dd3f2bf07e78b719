import { writeFileSync } from 'node:fs'
import { operations } from '../src/operations.ts'

/** The text of `src/routes.ts`: what a client needs of the table at run time, without the schemas. */
export function routesText(): string {
  const lines = operations.map(({ name, http }) => `  '${name}': ['${http.method}', '${http.path}'],\n`)
  return `// Made from the table by scripts/make-routes.ts; run \`npm run routes\` after changing it.
export const routes = {
${lines.join('')}} as const
`
}

if (import.meta.main) writeFileSync(new URL('../src/routes.ts', import.meta.url), routesText())
