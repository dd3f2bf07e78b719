import { AgoraError } from '../base/errors.ts'
import type { ApprovalPendingError } from '../client/index.ts'
import { version } from '../store/version.ts'
import { asksFor, parseArgv } from './argv.ts'
import { argumentsOf } from './command.ts'
import { commands } from './commands.ts'
import { createContext } from './context.ts'
import { reportFailure, reportPending } from './failure.ts'
import { commandHelp, overview } from './help.ts'
import { readInputs } from './inputs.ts'
import type { Io } from './io.ts'

/**
 * Runs one command line (without interpreter and script) and resolves with the exit code: 0 done, 1 failed, 2 not understood.
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  let json = asksForJson(argv)
  try {
    const [first, ...others] = argv
    const line = first === 'help' ? [...others, '--help'] : argv
    const parsed = await parseArgv(line, commands)
    if (!parsed) {
      await io.out(asksFor(line, 'version', 'v') ? `${version}\n` : overview(commands, version))
      return 0
    }
    if (parsed.help) {
      await io.out(await commandHelp(parsed.command))
      return 0
    }
    if (parsed.options['version']) {
      await io.out(`${version}\n`)
      return 0
    }
    const context = createContext(io, readInputs(argumentsOf(parsed.command), parsed.args, parsed.options))
    json = context.json
    return (await parsed.command.run(context)) ?? 0
  } catch (error) {
    if (error instanceof AgoraError && 'approval' in error)
      return reportPending(error as ApprovalPendingError, io, json)
    return reportFailure(error, io, json)
  }
}

/** Known before the line is understood, for a program wants even that fault as JSON. */
const asksForJson = (argv: readonly string[]): boolean =>
  argv.includes('--format=json') || argv[argv.indexOf('--format') + 1] === 'json'
