import { usageError } from './usage.ts'

export type GivenOptions = Record<string, string | boolean | string[] | undefined>

/** An argument as a command's usage names it. */
export interface Argument {
  name: string
  needed: boolean
}

/** What was typed, by the names the command gives its arguments and options. */
export interface Inputs {
  /** A needed argument. */
  arg(name: string): string
  /** An optional one. */
  maybe(name: string): string | undefined
  text(name: string): string | undefined
  list(name: string): string[] | undefined
  flag(name: string): boolean
  /** A whole number. @throws AgoraError `usage` */
  number(name: string, min: number, max: number): number | undefined
  /** Every option that was given. */
  given: GivenOptions
}

/** @param expected the command's arguments, in order; there are as many `args` as it needs, and not more than it can take. */
export function readInputs(expected: readonly Argument[], args: readonly string[], options: GivenOptions): Inputs {
  const taken = assigned(expected, args)
  const maybe = (name: string): string | undefined => taken.get(name)
  const text = (name: string): string | undefined => {
    const value = options[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    given: options,
    maybe,
    text,
    arg: (name) => maybe(name) ?? '',
    list(name) {
      const value = options[name]
      if (value === undefined || typeof value === 'boolean') return undefined
      return typeof value === 'string' ? [value] : value
    },
    flag: (name) => options[name] === true,
    number(name, min, max) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      if (/^\d{1,9}$/.test(value) && number >= min && number <= max) return number
      throw usageError(
        `--${name} cannot be ${JSON.stringify(value)}.`,
        `It is a whole number from ${min} to ${max}.`,
        `--${name}`,
      )
    },
  }
}

/** What is needed has the first claim; what is left over goes to the optional ones: one value for `[project] <title>` is the title. */
function assigned(expected: readonly Argument[], args: readonly string[]): Map<string, string> {
  let spare = args.length - expected.filter(({ needed }) => needed).length
  const taking = expected.filter(({ needed }) => needed || spare-- > 0)
  return new Map(taking.flatMap(({ name }, index) => (args[index] === undefined ? [] : [[name, args[index]]])))
}
