import { Badge, Group } from '@mantine/core'
import type { RoomMessage } from '../../../../../src/capabilities/rooms/schema.ts'
import { ForeignLine } from '../../../parts/foreign.tsx'

interface Props {
  mentions: RoomMessage['mentions']
  me: string | undefined
  role: string | undefined
}

const SHOWN = 6

/** Whom a message names, by its signed list: what its text looks like names nobody. */
export function Mentions({ mentions, me, role }: Props) {
  const rest = mentions.length - SHOWN
  return (
    <Group component="span" gap={4} display="inline-flex" aria-label="Names" role="group">
      {mentions.slice(0, SHOWN).map((one) => {
        const isMe = 'did' in one ? one.did === me : one.role === role
        return (
          <Badge
            key={'did' in one ? one.did : one.role}
            size="sm"
            variant={isMe ? 'filled' : 'light'}
            autoContrast
            maw="14rem"
          >
            {'did' in one ? (
              <>
                @<ForeignLine text={one.name} />
              </>
            ) : (
              `every ${one.role}`
            )}
          </Badge>
        )
      })}
      {rest > 0 && <Badge size="sm">and {rest} more</Badge>}
    </Group>
  )
}
