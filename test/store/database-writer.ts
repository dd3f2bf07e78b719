import { CompiledQuery } from 'kysely'
import { openDatabase } from '../../src/store/database.ts'

/** A process that writes without end and says of each row that it was kept: `node database-writer.ts <path>`, to be killed. */
const database = openDatabase(process.argv[2] ?? '')
const insert = (name: string) => ({
  compile: () => CompiledQuery.raw('INSERT INTO facts (name, value) VALUES (?, ?)', [name, 'x'.repeat(500)]),
})

async function write(lane: number): Promise<void> {
  for (let count = 0; ; count++) {
    const name = `${lane}-${count}`
    await database.write(() => database.run(insert(name)))
    process.stdout.write(`${name}\n`)
  }
}
await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(write))
