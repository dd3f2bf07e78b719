import { Badge, Box, Button, Group, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { type Names, told } from '../../../../../src/base/deed.ts'
import { displayLine, displayText } from '../../../../../src/base/text.ts'
import type { Output } from '../../../../../src/operations.ts'
import { useRead, useReadPages } from '../../../app/api.ts'
import { Foreign, Name, Told } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { Answer, Empty } from '../../../parts/states.tsx'
import { VirtualList } from '../../../parts/virtual-list.tsx'
import { useProject } from '../use-project.ts'
import { isAsSigned } from './check-log.ts'
import { CheckPanel } from './check-panel.tsx'
import { type Filter, Filters } from './filters.tsx'
import { hashOf } from './signatures.ts'
import { useCheck } from './use-check.ts'

type Entry = Output<'audit.list'>['items'][number]
type Seal = 'unchecked' | 'signed' | 'otherwise'

/** Everything that was written in a project, whatever became of it, and whether it is what was signed. */
export function Audit() {
  const project = useProject()
  const [filter, setFilter] = useState<Filter>({})
  const [period, setPeriod] = useState<string | null>(null)
  const [asked] = useDebouncedValue(filter, 250)
  // What is typed of an id is asked for once it is long enough to be the beginning of one.
  const usable = useMemo(() => {
    const { task_id, ...rest } = asked
    return task_id !== undefined && task_id.length >= 4 ? { ...rest, task_id } : rest
  }, [asked])
  const { read, items, more } = useReadPages('audit.list', { project_id: project.id, limit: 100, ...usable })
  const names = useNames(project)
  const { check, start, stop } = useCheck(project.id)
  const headers = check.state === 'done' ? check.finding.headers : undefined
  const sealOf = (entry: Entry): Seal => {
    const header = headers?.get(entry.id)
    if (!header) return 'unchecked'
    return isAsSigned(entry, header, hashOf) ? 'signed' : 'otherwise'
  }
  return (
    <Stack>
      <CheckPanel check={check} onStart={start} onStop={stop} />
      <Filters
        team={project.team}
        filter={filter}
        period={period}
        onChange={(next, hours) => {
          setFilter(next)
          setPeriod(hours)
        }}
      />
      <Answer of={read}>
        {() =>
          items.length === 0 ? (
            <Empty title="Nothing fits this filter.">What is done in the project from now on shows here at once.</Empty>
          ) : (
            <Box className="agora-panel">
              <VirtualList
                items={items}
                keyOf={({ id }) => id}
                estimate={58}
                height="max(24rem, calc(100vh - 26rem))"
                label="What was done, latest first"
                onEnd={more}
                row={(entry) => <EntryRow entry={entry} names={names} seal={sealOf(entry)} />}
              />
            </Box>
          )
        }
      </Answer>
    </Stack>
  )
}

/** What things named in entries are called. */
function useNames(project: Output<'projects.show'>): Omit<Names, 'title'> {
  const rooms = useRead('rooms.list', { project_id: project.id, limit: 500 })
  return useMemo(() => {
    const who = new Map(project.team.map(({ did, name }) => [did, name]))
    const called = new Map(rooms.data?.items.map(({ id, name }) => [id, name]))
    return {
      who: (did) => displayLine(who.get(did) ?? `…${did.slice(-6)}`),
      room: (id) => called.get(id),
    }
  }, [project.team, rooms.data])
}

const verdictColors = { counts: 'gray', held: 'orange', denied: 'red', refused: 'red' } as const

function EntryRow({ entry, names, seal }: { entry: Entry; names: Omit<Names, 'title'>; seal: Seal }) {
  const [open, setOpen] = useState(false)
  const { verdict } = entry
  const { type, facts, author, task_title } = entry
  const texts = Object.values(entry.texts ?? {}).filter((text) => text !== '')
  return (
    <Box px="sm" py={6} style={{ borderBottom: '1px solid var(--agora-line)' }}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <SealMark seal={seal} />
        <Box flex={1} miw={0}>
          <Text size="sm">
            <Name who={entry.author} tip={false} />{' '}
            <Told sentence={told({ type, facts, by: author.did }, { ...names, title: () => task_title })} />
          </Text>
          {!open && texts.length > 0 && <Foreign text={texts.join(' · ')} lines={1} />}
          <Group gap="xs">
            <Text size="xs" c="dimmed">
              <Moment at={entry.at} /> · {entry.type} · no. {entry.seq} of its chain
            </Text>
            {verdict.state !== 'counts' && (
              <Badge size="sm" color={verdictColors[verdict.state]}>
                {verdict.state}
              </Badge>
            )}
            {entry.redacted && (
              <Badge size="sm" color="gray">
                text taken away
              </Badge>
            )}
          </Group>
        </Box>
        <Button
          size="compact-xs"
          variant="subtle"
          color="gray"
          aria-expanded={open}
          aria-label={open ? 'Less of this entry' : 'More of this entry'}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Less' : 'More'}
        </Button>
      </Group>
      {open && (
        <Stack gap="xs" mt="xs" ps={26}>
          {verdict.reason !== undefined && <Text size="sm">{displayLine(verdict.reason)}</Text>}
          {verdict.by !== undefined && (
            <Text size="sm">
              Held by entry <code>{verdict.by}</code>
            </Text>
          )}
          {texts.map((text) => (
            <Foreign key={text} text={text} />
          ))}
          <Text size="xs" c="dimmed">
            Entry <code>{entry.id}</code>
            <br />
            Written by <code>{entry.author.did}</code>
          </Text>
          <div
            className="agora-foreign"
            style={{ fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8em' }}
          >
            {displayText(JSON.stringify(entry.facts, null, 2))}
          </div>
        </Stack>
      )}
    </Box>
  )
}

const seals = {
  unchecked: {
    Icon: IconShieldCheck,
    label: 'Not checked by this browser',
    note: 'Checked by the daemon when it came; not yet by this browser',
    look: { opacity: 0.35 },
  },
  signed: {
    Icon: IconShieldCheck,
    label: 'Signature checked',
    note: 'This browser checked the signature, and it is what was signed',
    look: { color: 'var(--mantine-color-green-7)' },
  },
  otherwise: {
    Icon: IconShieldX,
    label: 'Not what was signed',
    note: 'The daemon shows this entry otherwise than it was signed',
    look: { color: 'var(--mantine-color-red-6)' },
  },
} as const

/** Says more by the browser's own means: many rows are drawn in a frame when one scrolls fast. */
function SealMark({ seal }: { seal: Seal }) {
  const { Icon, label, note, look } = seals[seal]
  return (
    <span title={note} style={{ flex: 'none', height: 16, marginTop: 3, lineHeight: 0, ...look }}>
      <Icon size={16} role="img" aria-label={label} />
    </span>
  )
}
