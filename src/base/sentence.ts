/**
 * A sentence of this node's own that holds what others wrote. What is `said` is theirs: whoever shows it sets it apart, so that nobody can write what
 * looks like a word of the program.
 */
export interface Part {
  text: string
  /** A name of somebody, what something is called, or what somebody wrote at length. */
  said?: 'name' | 'title' | 'text' | undefined
}
export type Sentence = Part[]

export const name = (text: string): Part => ({ text, said: 'name' })
export const title = (text: string): Part => ({ text, said: 'title' })
export const prose = (text: string): Part => ({ text, said: 'text' })

type Piece = string | number | Part | Sentence

/** What is put in as a plain string counts as a title of others: only the template itself, numbers, and sentences put in are words of our own. */
export function sentence(own: TemplateStringsArray, ...pieces: Piece[]): Sentence {
  const parts = own.flatMap((text, index): Part[] => {
    const piece = pieces[index]
    return [{ text }, ...(index < pieces.length ? partsOf(piece as Piece) : [])]
  })
  return joined(parts)
}

const partsOf = (piece: Piece): Part[] => {
  if (typeof piece === 'number') return [{ text: String(piece) }]
  if (typeof piece === 'string') return [title(piece)]
  return Array.isArray(piece) ? piece : [piece]
}

/** Words of our own that follow each other become one part; empty parts go. */
function joined(parts: Part[]): Sentence {
  const kept: Part[] = []
  for (const part of parts) {
    const last = kept.at(-1)
    if (part.text === '') continue
    if (last && last.said === undefined && part.said === undefined)
      kept[kept.length - 1] = { text: last.text + part.text }
    else kept.push(part)
  }
  return kept
}

/** Several as one, with these words of our own between them. */
export const listed = (sentences: readonly Sentence[], between: string): Sentence =>
  joined(sentences.flatMap((one, index) => (index === 0 ? one : [{ text: between }, ...one])))

/** The sentence as text. `shown` makes what others said safe for where it is shown. */
export const plain = (parts: Sentence, shown: (part: Part) => string = ({ text }) => text): string =>
  parts.map((part) => (part.said === undefined ? part.text : shown(part))).join('')
