import unhomoglyph from 'unhomoglyph'

const known = new Map<string, string>()

/**
 * What names that a reader could take for one another have in common: the skeleton of Unicode TR39 (confusables), after NFKC and without regard to
 * case. Case is folded after the look-alikes too, and `i` with `l`, since `I` and `l` are one glyph in many fonts. Only to be compared, never shown.
 */
export function skeleton(name: string): string {
  let made = known.get(name)
  if (made === undefined) {
    made = unhomoglyph(unhomoglyph(name.normalize('NFKC').normalize('NFD')).toLowerCase().normalize('NFD'))
      .normalize('NFD')
      .replaceAll('i', 'l')
    if (known.size >= 4096) known.clear()
    known.set(name, made)
  }
  return made
}
