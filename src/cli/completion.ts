import { type Command, globalOptions, optionsOf, wordsOf } from './command.ts'
import { usageError } from './usage.ts'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

export const completionCommands = (commands: () => readonly Command[]): Command[] => [
  {
    usage: 'completion <shell>',
    group: 'Set-up',
    summary: `Print a completion script for ${shells.join(', ')}.`,
    examples: [
      'source <(agora completion bash)      # in ~/.bashrc',
      'source <(agora completion zsh)       # in ~/.zshrc',
      'agora completion fish > ~/.config/fish/completions/agora.fish',
    ],
    async run(context) {
      const shell = shells.find((known) => known === context.inputs.arg('shell'))
      if (!shell)
        throw usageError(
          `No completion for ${JSON.stringify(context.inputs.arg('shell'))}.`,
          `There is: ${shells.join(', ')}.`,
        )
      await context.io.out(await completionScript(shell, commands()))
    },
  },
]

interface Entry {
  words: string
  summary: string
  options: string[]
}

/** A script that knows the commands and options of this version; it never runs Agora, so it is quick. */
export async function completionScript(shell: Shell, commands: readonly Command[]): Promise<string> {
  const common = globalOptions.map((option) => `--${option.name}`)
  const entries = await Promise.all(
    commands.map(async (command): Promise<Entry> => {
      const options = (await optionsOf(command)).filter((option) => !option.hidden)
      return {
        words: wordsOf(command),
        summary: command.summary,
        options: [
          ...options.flatMap(({ name, negatable }) => [`--${name}`, ...(negatable ? [`--no-${name}`] : [])]),
          ...common,
        ],
      }
    }),
  )
  return shell === 'fish' ? fish(entries, common) : shell === 'bash' ? bash(entries, common) : zsh(entries, common)
}

const first = (words: string): string => words.split(' ')[0] ?? ''
const firsts = (entries: Entry[]): string[] => [...new Set(entries.map((entry) => first(entry.words)))]
const seconds = (entries: Entry[], word: string): string[] =>
  entries.flatMap((entry) => (entry.words.startsWith(`${word} `) ? [entry.words.slice(word.length + 1)] : []))

/** `case` branches: what may follow the words typed so far. Two words come first, for the longer match is the better one. */
const branches = (entries: Entry[], indent: string): string =>
  entries
    .toSorted((a, b) => b.words.split(' ').length - a.words.split(' ').length)
    .map(
      ({ words, options }) =>
        `${indent}*" ${words} "*) next="${[...seconds(entries, words), ...options].join(' ')}" ;;`,
    )
    .concat(
      firsts(entries)
        .filter((word) => !entries.some((entry) => entry.words === word))
        .map((word) => `${indent}*" ${word} "*) next="${seconds(entries, word).join(' ')}" ;;`),
    )
    .join('\n')

const bash = (entries: Entry[], common: string[]): string => `# bash completion for agora
_agora() {
  local typed=" " word next
  local current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) typed="$typed$word " ;; esac
  done
  case "$typed" in
${branches(entries, '    ')}
    *) next="${[...firsts(entries), ...common].join(' ')}" ;;
  esac
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
complete -F _agora agora
`

const zsh = (entries: Entry[], common: string[]): string => `#compdef agora
# zsh completion for agora
_agora() {
  local typed=" " word next
  for word in "\${words[@]:1:CURRENT-2}"; do
    case "$word" in -*) ;; *) typed="$typed$word " ;; esac
  done
  case "$typed" in
${branches(entries, '    ')}
    *) next="${[...firsts(entries), ...common].join(' ')}" ;;
  esac
  compadd -- \${=next}
}
compdef _agora agora
`

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

function fish(entries: Entry[], common: string[]): string {
  const lines = ['# fish completion for agora', 'complete -c agora -f']
  for (const word of firsts(entries)) {
    const summary = entries.find((entry) => entry.words === word)?.summary ?? seconds(entries, word).join(', ')
    lines.push(`complete -c agora -n __fish_use_subcommand -a ${word} -d ${quoted(summary)}`)
    for (const second of seconds(entries, word)) {
      const about = entries.find((entry) => entry.words === `${word} ${second}`)?.summary ?? ''
      lines.push(`complete -c agora -n '__fish_seen_subcommand_from ${word}' -a ${second} -d ${quoted(about)}`)
    }
  }
  for (const { words, options } of entries) {
    for (const option of options.filter((each) => !common.includes(each))) {
      const seen = words
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and ')
      lines.push(`complete -c agora -n '${seen}' -l ${option.slice(2)}`)
    }
  }
  for (const option of common) lines.push(`complete -c agora -l ${option.slice(2)}`)
  return `${lines.join('\n')}\n`
}
