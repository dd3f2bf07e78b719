import type { Context } from './context.ts'
import type { Argument } from './inputs.ts'

/** One option of a command, without its dashes. */
export interface Option {
  name: string
  short?: string
  /** What stands for its value in the help, e.g. `<name>`; a switch has none. */
  value?: string
  meaning: string
  /** May be given several times. */
  many?: boolean
  /** A switch that `--no-<name>` turns off. */
  negatable?: boolean
  choices?: readonly string[]
  /** Ours alone: neither in the help nor completed. */
  hidden?: boolean
}

export const groups = ['Node', 'Messages', 'Friends', 'Projects', 'Agents', 'Set-up', 'Programs'] as const

/** One command: what is typed, what the help says, what it does. */
export interface Command {
  /** One or two words, then its arguments: `<needed>`, `[optional]`. */
  usage: string
  /** Another way to type the words. */
  alias?: string
  group: (typeof groups)[number]
  summary: string
  details?: string
  /** A function where telling them takes loading something large. */
  options?: readonly Option[] | (() => Promise<readonly Option[]>)
  examples: readonly [string, ...string[]]
  /** Answers with the exit code when it is not 0. */
  run(context: Context): Promise<number> | Promise<void>
}

export const globalOptions: readonly Option[] = [
  { name: 'name', value: '<node>', meaning: 'which node of this machine; else $AGORA_NAME, else the only one' },
  { name: 'format', value: '<format>', meaning: 'table for people, json for programs', choices: ['table', 'json'] },
  { name: 'as', value: '<agent>', meaning: 'act as this agent of the node, by its token file' },
  { name: 'why', value: '<text>', meaning: 'with --as: why the operator should approve what this asks for' },
  { name: 'help', short: 'h', meaning: 'explain the command' },
  { name: 'version', short: 'v', meaning: 'print the version' },
]

/** The words of a command: `peers disconnect`. */
export const wordsOf = (command: Command): string => command.usage.replace(/\s*[<[].*$/, '')

/** Commands that begin with one word, the help of which (`agora project --help`) names the others. */
export function withWords(commands: readonly Command[]): Command[] {
  const words = commands.map((command) => wordsOf(command))
  const others = (first: string) =>
    words.flatMap((each) => (each.startsWith(`${first} `) ? [each.slice(first.length + 1)] : []))
  return commands.map((command) => {
    const first = wordsOf(command)
    if (first.includes(' ')) return command
    const more = `Further words: ${others(first).join(', ')}. \`agora ${first} <word> --help\` explains one.`
    return { ...command, details: command.details === undefined ? more : `${command.details} ${more}` }
  })
}

/** Its arguments, in order. */
export const argumentsOf = (command: Command): Argument[] =>
  [...command.usage.matchAll(/[<[]([^>\]]+)[>\]]/g)].map(([typed, name = '']) => ({
    name,
    needed: typed.startsWith('<'),
  }))

export const optionsOf = async (command: Command): Promise<readonly Option[]> =>
  typeof command.options === 'function' ? command.options() : (command.options ?? [])

/** The pages of a list, as every listing command takes them. */
export const pageOptions: readonly Option[] = [
  { name: 'limit', value: '<n>', meaning: 'how many at most, 1-500 (default 50)' },
  { name: 'cursor', value: '<cursor>', meaning: 'go on where an earlier answer ended' },
]
