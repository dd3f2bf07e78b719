import { type Command, globalOptions, groups, type Option, optionsOf } from './command.ts'
import { wrapped } from './text.ts'

const EXIT_CODES = 'Exit codes: 0 done · 1 it failed, standard error says why · 2 not understood, nothing was done'

/** What `agora --help` prints. */
export function overview(commands: readonly Command[], version: string): string {
  const width = Math.max(...commands.map((command) => command.usage.length))
  const sections = groups.map((group) => {
    const lines = commands
      .filter((command) => command.group === group)
      .map((command) => `  ${command.usage.padEnd(width)}  ${command.summary}`)
    return `${group}:\n${lines.join('\n')}`
  })
  return `Agora ${version}: a local-first, peer-to-peer control plane for AI agents.

Usage: agora [--name <node>] [--format table|json] <command>

${sections.join('\n\n')}

Options of every command:
${optionLines(globalOptions)}

\`agora <command> --help\` explains one and shows examples.
${EXIT_CODES}
`
}

/** What `agora <command> --help` prints. */
export async function commandHelp(command: Command): Promise<string> {
  const options = (await optionsOf(command)).filter((option) => !option.hidden)
  return [
    `Usage: agora ${command.usage}${options.length > 0 ? ' [options]' : ''}\n`,
    `${command.summary}\n`,
    ...(command.details ? [`${wrapped(command.details, 90).join('\n')}\n`] : []),
    ...(options.length > 0 ? [`Options:\n${optionLines(options)}\n`] : []),
    `Options of every command:\n${optionLines(globalOptions)}\n`,
    `Examples:\n${command.examples.map((example) => `  ${example}`).join('\n')}\n`,
    `${EXIT_CODES}\n`,
  ].join('\n')
}

function optionLines(options: readonly Option[]): string {
  const typed = options.map(typedOption)
  const width = Math.max(...typed.map((text) => text.length))
  return options.map((option, index) => `  ${(typed[index] ?? '').padEnd(width)}  ${meaning(option)}`).join('\n')
}

const typedOption = ({ name, short, value, negatable }: Option): string =>
  `${short ? `-${short}, ` : ''}--${negatable ? '[no-]' : ''}${name}${value ? ` ${value}` : ''}`

const meaning = (option: Option): string =>
  option.meaning +
  (option.many ? ' (several times)' : '') +
  (option.choices && option.name !== 'format' ? `: ${option.choices.join(', ')}` : '')
