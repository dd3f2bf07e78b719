import { Group, SegmentedControl, Stack } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useRead } from '../../../app/api.ts'
import { durationText, useNow } from '../../../parts/moment.tsx'
import { Section } from '../../../parts/page.tsx'
import { Answer, Empty } from '../../../parts/states.tsx'
import { useProject } from '../use-project.ts'
import { Chart } from './chart.tsx'

const HOUR = 3_600_000
const periods = [
  ['hour', 'Last hour', HOUR],
  ['day', 'Last day', 24 * HOUR],
  ['week', 'Last week', 7 * 24 * HOUR],
  ['all', 'All', undefined],
] as const
/** Ms that the axis spans at least. */
const SHORTEST = 300_000
type Period = (typeof periods)[number][0]

/** From when on is asked for: to the minute, so that the same is not asked for again at every look. */
const sinceOf = (now: number, length: number | undefined): string | undefined =>
  length === undefined ? undefined : new Date(Math.floor((now - length) / 60_000) * 60_000).toISOString()

/** Who was clocked in when, and on what. */
export function Timeline() {
  const project = useProject()
  const now = useNow()
  const [period, setPeriod] = useState<Period>('day')
  const length = periods.find(([value]) => value === period)?.[2]
  const since = sinceOf(now, length)
  const time = useRead(
    'projects.time',
    { project_id: project.id, ...(since !== undefined && { since }) },
    { keep: true },
  )
  const total = useMemo(() => (time.data?.items ?? []).reduce((sum, { seconds }) => sum + seconds, 0), [time.data])
  return (
    <Section
      title="Who was at work"
      note={`By the clocks of those who clocked in${total > 0 ? ` · ${durationText(total)} together` : ''}`}
    >
      <Stack gap="sm">
        <Group style={{ overflowX: 'auto' }} wrap="nowrap">
          <SegmentedControl
            aria-label="Which time"
            size="xs"
            value={period}
            onChange={(value) => setPeriod(value as Period)}
            data={periods.map(([value, label]) => ({ value, label }))}
          />
        </Group>
        <Answer of={time}>
          {({ items }) => {
            const shown = items.filter(({ sessions }) => sessions > 0)
            if (shown.length === 0)
              return (
                <Empty title="Nobody was clocked in then.">
                  Agents clock in by themselves over MCP; a person by <code>agora project clock-in</code>.
                </Empty>
              )
            const to = Math.max(now, Date.now())
            const begun = Date.parse(project.created_at)
            // A young project fills the axis as well.
            const from = Math.min(Math.max(begun, since === undefined ? begun : Date.parse(since)), to - SHORTEST)
            return <Chart people={shown} from={from} to={to} />
          }}
        </Answer>
      </Stack>
    </Section>
  )
}
