import { displayLine } from '../base/text.ts'
import { displayWidth } from './text.ts'

/** Two spaces between columns and no lines: easy to read, and easy to cut by other programs. */
const GAP = 2
const noLines = Object.fromEntries(
  ['top', 'bottom', 'mid', 'left', 'right'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((part) => [`${side}${part}`, '']),
  ),
)

/**
 * Rows as a table, cut to the width of the terminal: what does not fit is taken from the widest columns. Cells are made safe to show.
 * `head` is dimmed by `style`.
 */
export async function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | undefined,
  style: (text: string) => string,
): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const cells = rows.map((row) => row.map((cell) => displayLine(cell)))
  const widths = fitted(
    head.map((title, index) => Math.max(displayWidth(title), ...cells.map((row) => displayWidth(row[index] ?? '')))),
    columns,
  )
  const made = new Table({
    chars: { ...noLines, middle: '' },
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [] },
    colWidths: widths.map((width) => width + GAP),
  })
  made.push(
    head.map((title) => style(title)),
    ...cells,
  )
  const lines = made.toString().split('\n')
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/** Takes from the widest column until all fit, but leaves each six columns. */
function fitted(natural: number[], columns: number | undefined): number[] {
  const widths = [...natural]
  if (columns === undefined) return widths
  let over = widths.reduce((sum, width) => sum + width + GAP, -GAP) - columns
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= 6) break
    widths[widest] = (widths[widest] ?? 0) - 1
    over--
  }
  return widths
}

/** Labels and values, one a line; values are made safe to show. */
export function pairs(lines: readonly (readonly [string, string])[], style: (text: string) => string): string {
  const width = Math.max(...lines.map(([label]) => label.length))
  return lines.map(([label, value]) => `  ${style(label.padEnd(width))}  ${displayLine(value)}\n`).join('')
}
