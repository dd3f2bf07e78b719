/**
 * A command as a person types it, taken apart into a program and its arguments without any shell. Spaces part words; `'…'`, `"…"` and a backslash
 * join them. Whatever only a shell could do is refused and never passed on as if it were plain text: who wrote it meant something by it.
 */
export const COMMAND_MAX = 4096

/** What a shell would act on outside of quotes, with what it would do. */
const SHELL: Record<string, string> = {
  '|': 'connects programs',
  '&': 'runs programs in the background or one after another',
  ';': 'runs programs one after another',
  '<': 'reads from a file',
  '>': 'writes to a file',
  '(': 'starts another shell',
  ')': 'ends another shell',
  $: 'puts in a variable or the output of a program',
  '`': 'puts in the output of a program',
  '*': 'stands for names of files',
  '?': 'stands for names of files',
  '[': 'stands for names of files',
  ']': 'stands for names of files',
  '{': 'makes several words of one',
  '}': 'makes several words of one',
  '~': 'stands for a home folder',
  '#': 'begins a comment',
  '!': 'repeats an earlier command',
}
/** What a shell would act on within double quotes too. */
const WITHIN_DOUBLE = '$`'
/** After a backslash within double quotes; before anything else it stands for itself, as in a shell. */
const ESCAPED_WITHIN_DOUBLE = '$`"\\'

export type CommandLine = { words: [string, ...string[]] } | { fault: string }

export function parseCommandLine(text: string): CommandLine {
  if (text.length > COMMAND_MAX) return { fault: `has more than ${COMMAND_MAX} characters` }
  const unseen = /(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\p{Default_Ignorable_Code_Point}]/u.exec(text)
  if (unseen) return { fault: `holds ${codePoint(unseen[0])}, which cannot be seen; only plain spaces part words` }

  const words: string[] = []
  /** Undefined between words: `''` is a word too. */
  let word: string | undefined
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string
    if (character === ' ') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) return { fault: "has a ' that is not closed" }
      word = (word ?? '') + text.slice(at + 1, end)
      at = end
    } else if (character === '"') {
      word ??= ''
      for (at++; text[at] !== '"'; at++) {
        let inner = text[at]
        if (inner === undefined) return { fault: 'has a " that is not closed' }
        if (WITHIN_DOUBLE.includes(inner)) return { fault: needsShell(inner, 'even within double quotes') }
        if (inner === '\\' && ESCAPED_WITHIN_DOUBLE.includes(text[at + 1] ?? 'none')) inner = text[++at] as string
        word += inner
      }
    } else if (character === '\\') {
      const escaped = text[++at]
      if (escaped === undefined) return { fault: 'ends with a backslash' }
      word = (word ?? '') + escaped
    } else if (Object.hasOwn(SHELL, character)) {
      return { fault: needsShell(character, 'outside of single quotes') }
    } else {
      word = (word ?? '') + character
    }
  }
  if (word !== undefined) words.push(word)

  const [program, ...args] = words
  if (program === undefined || program === '') return { fault: 'names no program' }
  if (/^[A-Za-z_][A-Za-z0-9_]*\+?=/.test(program)) {
    return { fault: `begins with ${JSON.stringify(program)}: setting a variable in front needs a shell` }
  }
  return { words: [program, ...args] }
}

/** The same words as one line that parses to them again. */
export const quoteCommandLine = (words: readonly string[]): string => words.map(quoted).join(' ')

const quoted = (word: string): string =>
  /^[\p{L}\p{N}_@%+:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

const needsShell = (character: string, where: string): string =>
  `has ${character} ${where}: it ${SHELL[character]}, which needs a shell, and none is used`

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
