import type { Known } from './known.ts'

export interface Place {
  x: number
  y: number
}

/** Half axes of the innermost ellipse, and how much further out the next lies; px. A screen is wider than it is high, and so are names; one that is held in a hand is not. */
const wide = { first: { x: 310, y: 170 }, step: { x: 270, y: 130 } }
const narrow = { first: { x: 130, y: 190 }, step: { x: 190, y: 100 } }
/** Places on the innermost ellipse, and how many more the next has. */
const PLACES = 9
const MORE_PLACES = 7

/**
 * Around this node, which is at 0, 0: those who are connected and trusted first, so nearest. On each ellipse those of one owner or project stand
 * beside each other, so that what ties them is short. The same nodes always get the same places.
 */
export function placesOf(known: readonly Known[], isNarrow = false): Map<string, Place> {
  const { first, step } = isNarrow ? narrow : wide
  const places = new Map<string, Place>()
  let left = [...known]
  for (let ring = 0; left.length > 0; ring++) {
    const room = PLACES + ring * MORE_PLACES
    const here = left.slice(0, room).sort((a, b) => (together(a) < together(b) ? -1 : 1))
    left = left.slice(room)
    here.forEach(({ did }, index) => {
      // Half a place further on every second ellipse, so that nobody stands behind somebody.
      const angle = ((index + (ring % 2) / 2) / here.length + (isNarrow ? 0.25 : 0)) * 2 * Math.PI
      places.set(did, {
        x: Math.round((first.x + ring * step.x) * Math.cos(angle)),
        y: Math.round((first.y + ring * step.y) * Math.sin(angle)),
      })
    })
  }
  return places
}

const together = ({ owner, projects, did }: Known): string => `${owner ?? '~'} ${projects[0] ?? '~'} ${did}`

/** How far a line is bent, for its length. */
const BEND = 0.3

/** An SVG path from one place to another, bent away from the middle of the map, where this node is. */
export function arc(from: Place, to: Place): string {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
  const [across, up] = [to.x - from.x, to.y - from.y]
  // At right angles to the line, on the side that leads away.
  const side = -up * middle.x + across * middle.y < 0 ? -1 : 1
  return `M ${from.x} ${from.y} Q ${middle.x - side * BEND * up} ${middle.y + side * BEND * across} ${to.x} ${to.y}`
}
