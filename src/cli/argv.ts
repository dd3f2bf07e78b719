import { cac } from 'cac'
import { type Command, globalOptions, type Option, optionsOf, wordsOf } from './command.ts'
import type { GivenOptions } from './inputs.ts'
import { suggestion, usageError } from './usage.ts'

/**
 * cac parses for us, but it knows no two-word commands, turns `007` into 7 and `1e5` into 100000, and takes unknown options for switches. So
 * the words of a command are joined to one, options are spelt out one way, and each value is guarded by a character in front that no number
 * begins with, which is taken off again afterwards.
 */
const GUARD = '\u0001'

export interface Parsed {
  command: Command
  help: boolean
  args: string[]
  options: GivenOptions
}

/** What a command line asks for. @throws AgoraError `usage` */
export async function parseArgv(argv: readonly string[], commands: readonly Command[]): Promise<Parsed | undefined> {
  const { words, rest } = findWords(argv, commands)
  if (words === undefined) return undefined
  const command = commands.find((candidate) => [wordsOf(candidate), candidate.alias].includes(words)) as Command
  const known = [...globalOptions, ...(await optionsOf(command))]
  const spelt = spell(rest, known, command)
  if (spelt.includes('--help')) return { command, help: true, args: [], options: {} }
  return runCac([wordsOf(command), ...spelt], command, known)
}

/** Global switches that ask for no command, given alone: `agora --version`. */
export const asksFor = (argv: readonly string[], name: string, short: string): boolean =>
  argv
    .slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
    .some((arg) => arg === `--${name}` || arg === `-${short}`)

function findWords(argv: readonly string[], commands: readonly Command[]): { words?: string; rest: string[] } {
  const known = commands.flatMap((command) => [wordsOf(command), ...(command.alias ? [command.alias] : [])])
  let at = 0
  while (at < argv.length && argv[at]?.startsWith('-')) {
    const option = findOption(argv[at] ?? '', globalOptions)
    if (!option) throw unknownOption(argv[at] ?? '', globalOptions)
    at += option.value && !argv[at]?.includes('=') ? 2 : 1
  }
  const first = argv[at]
  if (first === undefined) {
    spell(argv, globalOptions)
    return { rest: [] }
  }
  const two = `${first} ${argv[at + 1]}`
  if (known.includes(two)) return { words: two, rest: [...argv.slice(0, at), ...argv.slice(at + 2)] }
  const under = known.filter((words) => words.startsWith(`${first} `))
  if (known.includes(first)) {
    const second = argv[at + 1]
    const takesNone = commands.some(({ usage }) => usage === first)
    // What takes no argument was meant as the first word of another.
    if (takesNone && under.length > 0 && second !== undefined && !second.startsWith('-')) {
      const meant = suggestion(
        second,
        under.map((words) => words.slice(first.length + 1)),
        `${first} `,
      )
      throw usageError(`There is no command ${JSON.stringify(two)}.`, meant ?? whichThereAre(first, under))
    }
    return { words: first, rest: [...argv.slice(0, at), ...argv.slice(at + 1)] }
  }
  if (under.length > 0) throw usageError(`agora ${first} needs one word more.`, whichThereAre(first, under))
  const words = [...new Set(known.map((each) => each.split(' ')[0] ?? ''))]
  throw usageError(
    `There is no command ${JSON.stringify(first)}.`,
    suggestion(first, words) ?? '`agora --help` lists the commands.',
  )
}

/** So many commands can be taken in when they stand in one line. */
const LISTED_MAX = 12

const whichThereAre = (first: string, under: readonly string[]): string =>
  under.length > LISTED_MAX
    ? `\`agora ${first} --help\` names all ${under.length} that begin so.`
    : `There are: ${under.join(', ')}.`

/** Every option as `--name`, `--no-name` or `--name=<guarded value>`, every argument guarded. */
function spell(argv: readonly string[], known: readonly Option[], command?: Command): string[] {
  const spelt: string[] = []
  const seen = new Set<string>()
  for (let at = 0; at < argv.length; at++) {
    const arg = argv[at] ?? ''
    if (arg === '--') {
      spelt.push(...argv.slice(at + 1).map((each) => GUARD + each))
      break
    }
    if (!arg.startsWith('-') || arg === '-') {
      spelt.push(GUARD + arg)
      continue
    }
    const option = findOption(arg, known)
    if (!option) throw unknownOption(arg, known, command)
    if (seen.has(option.name) && !option.many)
      throw usageError(`--${option.name} is given twice.`, undefined, `--${option.name}`)
    seen.add(option.name)
    const equals = arg.indexOf('=')
    if (!option.value) {
      if (equals >= 0) throw usageError(`--${option.name} takes no value.`, undefined, `--${option.name}`)
      spelt.push(arg.startsWith('--no-') && option.negatable ? `--no-${option.name}` : `--${option.name}`)
      continue
    }
    const value = equals >= 0 ? arg.slice(equals + 1) : argv[++at]
    if (value === undefined || (equals < 0 && value.startsWith('-') && findOption(value, known))) {
      throw usageError(
        `--${option.name} needs a value: --${option.name} ${option.value}`,
        undefined,
        `--${option.name}`,
      )
    }
    if (option.choices && !option.choices.includes(value)) {
      throw usageError(
        `--${option.name} cannot be ${JSON.stringify(value)}.`,
        `It is one of: ${option.choices.join(', ')}.`,
        `--${option.name}`,
      )
    }
    spelt.push(`--${option.name}=${GUARD}${value}`)
  }
  return spelt
}

function findOption(arg: string, known: readonly Option[]): Option | undefined {
  const name = arg.split('=')[0] ?? ''
  return known.find(
    (option) =>
      name === `--${option.name}` ||
      (option.short !== undefined && name === `-${option.short}`) ||
      (option.negatable === true && name === `--no-${option.name}`),
  )
}

function unknownOption(arg: string, known: readonly Option[], command?: Command): Error {
  const [typed = ''] = arg.split('=')
  const names = known.filter((option) => !option.hidden).map((option) => option.name)
  const of = command ? `agora ${wordsOf(command)}` : 'agora'
  const meant = suggestion(typed.replace(/^-+/, ''), names, '--')
  const otherwise = command
    ? `See \`${of} --help\`. Text that begins with a dash goes after \`--\`.`
    : 'Options of a command go behind it.'
  return usageError(`${of} has no option ${typed}.`, meant ?? otherwise, typed)
}

function runCac(argv: string[], command: Command, known: readonly Option[]): Parsed {
  const cli = cac('agora')
  const entry = cli.command(command.usage, command.summary)
  for (const option of known) {
    if (option.negatable) entry.option(`--no-${option.name}`, option.meaning, { default: undefined })
    entry.option(`--${option.name}${option.value ? ` ${option.value}` : ''}`, option.meaning)
  }
  let parsed: Parsed | undefined
  entry.action((...given: unknown[]) => {
    const options = given.pop() as Record<string, unknown>
    parsed = { command, help: false, args: cli.args.map(bare), options: {} }
    for (const { name, negatable } of known) {
      const value = options[camelCase(name)]
      // cac fills in `true` for what `--no-…` could turn off; only what was typed counts.
      if (negatable && !argv.includes(`--${name}`) && !argv.includes(`--no-${name}`)) continue
      parsed.options[name] = Array.isArray(value)
        ? value.map(bare)
        : typeof value === 'string'
          ? bare(value)
          : (value as boolean | undefined)
    }
  })
  try {
    cli.parse(['', 'agora', ...argv])
  } catch (error) {
    if (error instanceof Error && error.name === 'CACError') throw fromCac(command, cli.args.map(bare))
    throw error
  }
  return parsed as Parsed
}

/** What is left for cac to find fault with is the number of arguments. */
function fromCac(command: Command, args: string[]): Error {
  const expected = command.usage.match(/[<[][^>\]]+[>\]]/g) ?? []
  const missing = expected.filter((each) => each.startsWith('<'))[args.length]
  if (missing) {
    return usageError(`agora ${wordsOf(command)} needs ${missing}.`, `Usage: agora ${command.usage}`)
  }
  const extra = args.slice(expected.length).map((arg) => JSON.stringify(arg))
  const quoted = expected.length > 0 ? ' Put text of several words in quotes.' : ''
  return usageError(
    `agora ${wordsOf(command)} cannot take ${extra.join(', ')} as well.`,
    `Usage: agora ${command.usage}.${quoted}`,
  )
}

const bare = (value: unknown): string => String(value).replace(GUARD, '')
const camelCase = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
