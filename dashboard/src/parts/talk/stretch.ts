/** Which part of a long log its list knows row by row. Without React, so that it can be tried by itself. */

/** Rows of a new part. Whenever one is measured, the places of all that follow are reckoned anew: with 100,000 of them a frame would take half a second. */
const NEW = 1000
/** As far as one may grow by what comes in at an end of the log. */
const MOST = 1500
/** How near one may come to an end of it before there is another. */
const NEAR = 200

interface Thing {
  id: string
}

/** Its first and its last message; undefined where it reaches as far as there are any, and grows as more come in. */
export interface Ends {
  first?: string | undefined
  last?: string | undefined
}

/** From one index up to another, which is not in it. */
export interface Stretch {
  from: number
  to: number
}

export function stretchOf(items: readonly Thing[], { first, last }: Ends): Stretch {
  const from = first === undefined ? -1 : items.findIndex(({ id }) => id === first)
  const end = last === undefined ? -1 : items.findLastIndex(({ id }) => id === last)
  return { from: Math.max(0, from), to: end < from || end < 0 ? items.length : end + 1 }
}

/** Whether it may stay this part while what is seen goes from one index to another. */
export const isWithin = ({ from, to }: Stretch, count: number, first: number, last: number): boolean =>
  to - from <= MOST && (from === 0 || first >= from + NEAR) && (to === count || last < to - NEAR)

/** The part that has the message at an index in its middle. */
export const endsAround = (items: readonly Thing[], middle: number): Ends => ({
  first: items[middle - NEW / 2 - 1] && items[middle - NEW / 2]?.id,
  last: items[middle + NEW / 2 + 1] && items[middle + NEW / 2]?.id,
})
