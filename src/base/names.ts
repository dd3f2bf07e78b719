/**
 * Names of nodes and agents are local pet names. They hold none of `@ # / :` (which separate the parts of an
 * address), no control, format, private-use or invisible characters, and neither begin nor end with a space or a dot, so that they can
 * also name a folder and be typed after an option.
 */
export const NAME_MAX = 64

/** Why `name` cannot be a name, or undefined when it can. */
export function nameFault(name: string): string | undefined {
  const length = [...name].length
  if (length === 0) return 'is empty'
  if (length > NAME_MAX) return `has ${length} characters; at most ${NAME_MAX} fit`
  if (name !== name.normalize('NFC')) return 'is not in Unicode normal form C'
  if (/[@#/:\\]/u.test(name)) return 'holds one of @ # / : \\'
  if (/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(name)) return 'holds a control or invisible character'
  if (/^[\s.-]|[\s.]$/u.test(name)) return 'begins with a space, dot or dash, or ends with a space or dot'
  return undefined
}

export const nameHint = `1-${NAME_MAX} characters without @ # / : \\ and control characters`
