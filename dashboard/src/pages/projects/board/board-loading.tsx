import { Skeleton } from '@mantine/core'
import css from './board.module.css'
import { statuses } from './columns.ts'

/** The shape of a board while it is asked for. */
export const BoardLoading = () => (
  <div className={css.board} role="status" aria-label="Loading the board">
    {statuses.map((status) => (
      <div key={status} className={css.column}>
        <div className={css.loading}>
          <Skeleton height={16} width="40%" />
          <Skeleton height={84} />
          <Skeleton height={84} />
        </div>
      </div>
    ))}
  </div>
)
