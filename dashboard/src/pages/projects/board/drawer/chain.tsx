import { Text } from '@mantine/core'
import { displayLine } from '../../../../../../src/base/text.ts'
import css from '../board.module.css'
import { statusText } from '../columns.ts'
import { useColumns } from '../use-board.ts'
import { planChain } from './chain-plan.ts'
import type { TaskPartProps } from './task-part.ts'

/** Px. */
const BOX = { width: 168, height: 54 }
const GAP = { x: 40, y: 12 }

/** What must be done before a task and what can follow it, drawn from left to right. */
export function Chain({ task, board, onGo }: TaskPartProps) {
  // Drawn anew when any of them changes.
  useColumns(board)
  const { steps, links, cut } = planChain(board.store, task.id)
  if (links.length === 0)
    return (
      <Text size="sm" c="dimmed">
        It waits for nothing, and nothing waits for it.
      </Text>
    )
  const places = new Map<string, { x: number; y: number }>()
  for (const [column, tasks] of steps.entries())
    for (const [row, { id }] of tasks.entries())
      places.set(id, { x: column * (BOX.width + GAP.x), y: row * (BOX.height + GAP.y) })
  const width = steps.length * (BOX.width + GAP.x) - GAP.x
  const height = Math.max(...steps.map(({ length }) => length)) * (BOX.height + GAP.y) - GAP.y
  const path = (from: string, to: string): string => {
    const a = places.get(from) ?? { x: 0, y: 0 }
    const b = places.get(to) ?? { x: 0, y: 0 }
    const [x1, y1, x2, y2] = [a.x + BOX.width, a.y + BOX.height / 2, b.x, b.y + BOX.height / 2]
    return `M${x1},${y1} C${x1 + GAP.x / 2},${y1} ${x2 - GAP.x / 2},${y2} ${x2},${y2}`
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className={css.chain} tabIndex={0} aria-label="Chain of dependencies">
        <div style={{ position: 'relative', width, height }}>
          <svg width={width} height={height} aria-hidden="true" className={css.lines}>
            {links.map(({ from, to }) => (
              <path key={`${from} ${to}`} d={path(from, to)} />
            ))}
          </svg>
          <ol className={css.steps}>
            {steps.flatMap((tasks, column) =>
              tasks.map((each) => (
                <li key={each.id} style={{ left: places.get(each.id)?.x, top: places.get(each.id)?.y, ...BOX }}>
                  <button
                    type="button"
                    className={css.step}
                    data-status={each.status}
                    aria-current={each.id === task.id || undefined}
                    onClick={() => onGo(each.id)}
                  >
                    <bdi className={css.cut}>{displayLine(each.title)}</bdi>
                    <span className={css.stepFacts}>
                      <span className={css.dot} data-status={each.status} aria-hidden />
                      {statusText[each.status]}
                      <span className="agora-visually-hidden">, step {column + 1}</span>
                    </span>
                  </button>
                </li>
              )),
            )}
          </ol>
        </div>
      </section>
      {cut && (
        <Text size="xs" c="dimmed" mt="xs">
          The chain is longer than what is drawn.
        </Text>
      )}
    </>
  )
}
