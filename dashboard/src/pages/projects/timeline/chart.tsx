import { Badge, Box, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Output } from '../../../../../src/operations.ts'
import { Name, Quoted } from '../../../parts/foreign.tsx'
import { absoluteText, durationText } from '../../../parts/moment.tsx'
import { ticksOf } from './ticks.ts'
import classes from './timeline.module.css'

type Person = Output<'projects.time'>['items'][number]

interface Props {
  people: Person[]
  /** Ms since the epoch. */
  from: number
  to: number
}

const TASKS_SHOWN = 10
/** So many are read out; the sum tells of the rest. */
const READ = 5

/** A line for each: who, for how long, and when, on an axis of time that all share. */
export function Chart({ people, from, to }: Props) {
  const ticks = ticksOf(from, to)
  return (
    <Box className="agora-panel">
      <div className={classes['axis']} aria-hidden>
        <div className={classes['track']}>
          {ticks.map(({ at, label }) => (
            <span key={at} style={{ insetInlineStart: `${part(at, from, to)}%` }}>
              {label}
            </span>
          ))}
        </div>
      </div>
      <ul className={classes['people']} aria-label="Who was clocked in">
        {people.map((person) => (
          <Row key={person.did} person={person} from={from} to={to} ticks={ticks.map(({ at }) => at)} />
        ))}
      </ul>
    </Box>
  )
}

const part = (at: number, from: number, to: number): number =>
  Math.min(100, Math.max(0, ((at - from) / Math.max(1, to - from)) * 100))

function Row({ person, from, to, ticks }: Omit<Props, 'people'> & { person: Person; ticks: number[] }) {
  const [open, setOpen] = useState(false)
  const { spans, sessions, seconds, clocked_in_since, tasks } = person
  const times = spans.map((span) => ({
    from: Date.parse(span.from),
    to: span.to === undefined ? to : Date.parse(span.to),
  }))
  const told = spans
    .slice(-READ)
    .map((span) => `${absoluteText(span.from)} to ${span.to === undefined ? 'now' : absoluteText(span.to)}`)
    .join('; ')
  return (
    <li className={classes['row']}>
      <div className={classes['line']}>
        <div className={classes['who']}>
          <Name who={person} />
          <Text size="xs" c="dimmed" component="div">
            {durationText(seconds)} · {sessions} {sessions === 1 ? 'session' : 'sessions'}
            {clocked_in_since !== undefined && (
              <Badge size="xs" color="green" ms={6}>
                now
              </Badge>
            )}
          </Text>
        </div>
        <div className={classes['track']} role="img" aria-label={`Clocked in: ${told}`}>
          {ticks.map((at) => (
            <i key={at} style={{ insetInlineStart: `${part(at, from, to)}%` }} />
          ))}
          {times.map((span) => (
            <b
              key={`${span.from} ${span.to}`}
              title={`${absoluteText(span.from)} to ${absoluteText(span.to)}`}
              style={{
                insetInlineStart: `${part(span.from, from, to)}%`,
                width: `max(3px, ${part(span.to, from, to) - part(span.from, from, to)}%)`,
              }}
            />
          ))}
        </div>
      </div>
      {tasks.length > 0 && (
        <>
          <UnstyledButton className={classes['more'] ?? ''} aria-expanded={open} onClick={() => setOpen(!open)}>
            <IconChevronRight size={14} aria-hidden data-open={open} />
            {tasks.length} {tasks.length === 1 ? 'task' : 'tasks'}
            <span className="agora-visually-hidden"> of {displayLine(person.name)}</span>
          </UnstyledButton>
          {open && (
            <ul className={classes['tasks']}>
              {tasks.slice(0, TASKS_SHOWN).map(({ task_id, title, seconds: spent }) => (
                <li key={task_id}>
                  {title === '' ? (
                    <Text span c="dimmed" inherit>
                      a task that was deleted
                    </Text>
                  ) : (
                    <Quoted text={title} />
                  )}
                  <Text span c="dimmed" inherit>
                    {durationText(spent)}
                  </Text>
                </li>
              ))}
              {tasks.length > TASKS_SHOWN && <li>and {tasks.length - TASKS_SHOWN} more</li>}
            </ul>
          )}
        </>
      )}
    </li>
  )
}
