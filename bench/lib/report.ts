import { styleText } from 'node:util'

/** What is wanted of a figure: of its value itself, or of its ratio to the limit. */
export interface Wanted {
  of: 'value' | 'ratio'
  least?: number
  most?: number
}

/** One line of the result. Times in ms, memory in MiB. */
export interface Row {
  bench: string
  what: string
  value: number
  unit: string
  /** What is possible here, measured in the same run. */
  limit?: { what: string; value: number } | undefined
  wanted?: Wanted | undefined
  note?: string | undefined
}

export type Judged = Row & { ratio?: number; met?: boolean }

export function judge(row: Row): Judged {
  const { limit, wanted, value } = row
  const ratio = limit && value / limit.value
  const judged = wanted?.of === 'ratio' ? ratio : value
  return {
    ...row,
    ...(ratio === undefined ? {} : { ratio }),
    ...(wanted && judged !== undefined
      ? {
          met:
            judged >= (wanted.least ?? Number.NEGATIVE_INFINITY) && judged <= (wanted.most ?? Number.POSITIVE_INFINITY),
        }
      : {}),
  }
}

/** Three digits that mean something. */
export const short = (value: number): string =>
  Math.abs(value) >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : value.toPrecision(3)

const amount = (value: number, unit: string): string => `${short(value)} ${unit}`

function wish({ wanted, unit }: Row): string {
  if (!wanted) return ''
  const bound = wanted.least === undefined ? `≤ ${wanted.most}` : `≥ ${wanted.least}`
  return wanted.of === 'ratio' ? `ratio ${bound}` : `${bound} ${unit}`
}

const HEAD = ['figure', 'measured', 'limit', 'ratio', 'wanted', '']

/** The rows as a table for people, a heading for each bench. */
export function table(rows: Judged[]): string {
  const lines = rows.map((row) => [
    row.what,
    amount(row.value, row.unit) + (row.note ? ` (${row.note})` : ''),
    row.limit ? `${amount(row.limit.value, row.unit)} ${row.limit.what}` : '',
    row.ratio === undefined ? '' : row.ratio.toPrecision(2),
    wish(row),
    row.met === undefined ? '' : row.met ? 'met' : 'missed',
  ])
  const widths = HEAD.map((head, column) => Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)))
  const drawn = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const out = [styleText('dim', drawn(HEAD))]
  rows.forEach((row, index) => {
    if (row.bench !== rows[index - 1]?.bench) out.push('', styleText('bold', row.bench))
    const line = drawn(lines[index] ?? [])
    out.push(row.met === false ? styleText('yellow', line) : line)
  })
  return out.join('\n')
}
