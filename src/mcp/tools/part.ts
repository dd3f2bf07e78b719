import { z } from 'zod'

/** Where a list goes on. */
export const cursor = z.string().optional()

/** UTF-16 units of a text that a model is given at once. */
export const LONGEST = 20_000

/** A part of a text; a letter that is cut in two is made whole by what shows it. */
export const part = (text: string, from = 0, length = LONGEST): string => text.slice(from, from + length)
