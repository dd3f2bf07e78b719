import { IconLock } from '@tabler/icons-react'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Claim } from '../../../../../src/capabilities/tasks/schema.ts'
import { Countdown } from '../../../parts/moment.tsx'
import css from './board.module.css'

/** Who has claimed a task, and how much time is left before that lapses, as far as this node is told. */
export function Lease({ claim }: { claim: Claim }) {
  return (
    <span className={css.lease}>
      <IconLock size={13} aria-hidden />
      <span className="agora-visually-hidden">claimed by</span>
      <bdi className={css.cut}>{displayLine(claim.holder.name)}</bdi>
      {claim.until !== undefined && (
        <span className={css.left}>
          <Countdown until={claim.until} />
          <span className="agora-visually-hidden"> left</span>
        </span>
      )}
    </span>
  )
}
