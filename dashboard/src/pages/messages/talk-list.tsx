import { Badge, CloseButton, SegmentedControl, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconInbox, IconSearch, IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { useRead } from '../../app/api.ts'
import { Failed, Loading } from '../../parts/states.tsx'
import { VirtualList } from '../../parts/virtual-list.tsx'
import classes from './messages.module.css'
import type { PlaceProps } from './place.ts'
import { SearchAll } from './search-all.tsx'
import { RowOf, TalkButton } from './talk-row.tsx'
import { type Kind, keyOfRow, useTalks } from './talks.ts'

const kinds: { value: Kind; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'people', label: 'People' },
  { value: 'threads', label: 'Threads' },
  { value: 'rooms', label: 'Rooms' },
]

/** What there is to read: strangers first, for they wait; then people, private threads and rooms. */
export function TalkList({ place, go }: PlaceProps) {
  const [typed, setTyped] = useState('')
  const [query] = useDebouncedValue(typed.trim(), 200)
  const [kind, setKind] = useState<Kind>('all')
  const { data: node } = useRead('node.status', {})
  const { rows, more, isLoading, error } = useTalks(kind)
  return (
    <>
      <div className={classes['tools']}>
        <TextInput
          size="xs"
          aria-label="Search in all messages"
          placeholder="Search"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && setTyped('')}
          rightSection={
            typed !== '' && <CloseButton size="xs" aria-label="End the search" onClick={() => setTyped('')} />
          }
        />
        {query === '' && (
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label="Which conversations"
            value={kind}
            onChange={(value) => setKind(value as Kind)}
            data={kinds}
          />
        )}
      </div>
      {query !== '' && typed.trim() !== '' ? (
        <SearchAll query={query} go={go} />
      ) : (
        <>
          <TalkButton chosen={place.at === 'requests'} onChoose={() => go({ at: 'requests' })}>
            <span className={classes['line']}>
              <IconInbox size={16} aria-hidden />
              <span className={classes['grow']}>Requests of strangers</span>
              {node !== undefined && node.requests > 0 && (
                <Badge autoContrast variant="filled">
                  {node.requests}
                </Badge>
              )}
            </span>
          </TalkButton>
          <TalkButton chosen={place.at === 'outbox'} onChoose={() => go({ at: 'outbox' })}>
            <span className={classes['line']}>
              <IconSend size={16} aria-hidden />
              <span className={classes['grow']}>Waiting to go out</span>
              {node !== undefined && node.outbox > 0 && <Badge color="gray">{node.outbox}</Badge>}
            </span>
          </TalkButton>
          {error ? <Failed error={error} /> : null}
          <div className={classes['rows']}>
            {isLoading ? (
              <div className={classes['scroll']}>
                <Loading lines={6} />
              </div>
            ) : (
              <VirtualList
                items={rows}
                keyOf={keyOfRow}
                estimate={52}
                height="100%"
                label="Conversations"
                onEnd={more}
                row={(row) => <RowOf row={row} place={place} go={go} onMore={setKind} />}
              />
            )}
          </div>
        </>
      )}
    </>
  )
}
