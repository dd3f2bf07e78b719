import { runCli } from './cli/index.ts'
import { processIo } from './cli/io.ts'

// What Agora writes is for this user alone, whatever writes it: the database makes its files by itself.
process.umask(0o077)
process.exitCode = await runCli(process.argv.slice(2), processIo())
// What was to be said has been. Whatever keeps the process alive now, such as an idle connection, is not worth waiting for.
setTimeout(() => process.exit(), 100).unref()
