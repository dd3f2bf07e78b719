import { Box, Group, SegmentedControl, Table, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { Bar, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import type { Output } from '../../../../src/operations.ts'
import { stateColors } from '../../app/theme.ts'
import classes from './home.module.css'

type Days = Output<'projects.metrics'>['per_day']

const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' })
const dateText = (date: string): string => short.format(new Date(`${date}T00:00:00Z`))
const color = (name: string): string => `light-dark(var(--mantine-color-${name}-7), var(--mantine-color-${name}-4))`

const series = [
  { key: 'done', label: 'done', color: color(stateColors.done), line: false },
  {
    key: 'created',
    label: 'made',
    color: 'light-dark(var(--mantine-color-gray-6), var(--mantine-color-gray-5))',
    line: false,
  },
  { key: 'open', label: 'open', color: color(stateColors.in_progress), line: true },
] as const

const DAYS_MIN = 7

/** Without the days before there was anything; a few stay, so that the first is seen to be one. */
function sinceItBegan(days: Days): Days {
  const first = days.findIndex(({ created, done, open }) => created + done + open > 0)
  return days.slice(Math.max(0, Math.min(first < 0 ? days.length : first - 1, days.length - DAYS_MIN)))
}

/** What was made and done each day, and what was open at its end: as a picture, or as the numbers it is made of. */
export function DoneOverTime({ days: all }: { days: Days }) {
  const days = sinceItBegan(all)
  const [how, setHow] = useState('chart')
  return (
    <Box className="agora-panel" p="sm" miw={0}>
      <Group justify="space-between" gap="xs">
        <Title order={3}>Done over time</Title>
        <SegmentedControl
          size="xs"
          aria-label="How it is shown"
          value={how}
          onChange={setHow}
          data={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
        />
      </Group>
      {how === 'chart' ? <Chart days={days} /> : <Numbers days={days} />}
    </Box>
  )
}

function Chart({ days }: { days: Days }) {
  const done = days.reduce((sum, day) => sum + day.done, 0)
  const made = days.reduce((sum, day) => sum + day.created, 0)
  const label = `In ${days.length} days ${made} tasks were made and ${done} done; ${days.at(-1)?.open ?? 0} are open. The table has the numbers.`
  return (
    <>
      <div role="img" aria-label={label} className={classes.chart}>
        <ResponsiveContainer width="100%" height="100%">
          <ComposedChart data={days} margin={{ top: 8, right: 4, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid vertical={false} stroke="var(--agora-line)" />
            <XAxis
              dataKey="date"
              tickFormatter={dateText}
              tick={{ fill: 'var(--agora-quiet)', fontSize: 12 }}
              stroke="var(--agora-line)"
              minTickGap={24}
            />
            <YAxis
              allowDecimals={false}
              width={32}
              tick={{ fill: 'var(--agora-quiet)', fontSize: 12 }}
              stroke="var(--agora-line)"
            />
            <Tooltip
              isAnimationActive={false}
              cursor={{ fill: 'var(--agora-line)', opacity: 0.4 }}
              labelFormatter={(date) => dateText(String(date))}
              contentStyle={{
                background: 'var(--agora-panel)',
                border: '1px solid var(--agora-line)',
                borderRadius: 6,
              }}
            />
            {series.map(({ key, label: name, color: of, line }) =>
              line ? (
                <Line
                  key={key}
                  dataKey={key}
                  name={name}
                  stroke={of}
                  strokeWidth={2}
                  dot={false}
                  isAnimationActive={false}
                />
              ) : (
                <Bar key={key} dataKey={key} name={name} fill={of} maxBarSize={14} isAnimationActive={false} />
              ),
            )}
          </ComposedChart>
        </ResponsiveContainer>
      </div>
      <Group gap="md" justify="center" aria-hidden>
        {series.map(({ key, label: name, color: of, line }) => (
          <Group key={key} gap={6}>
            <Box w={14} h={line ? 2 : 10} bg={of} />
            <Text size="sm">{name}</Text>
          </Group>
        ))}
      </Group>
    </>
  )
}

function Numbers({ days }: { days: Days }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={classes.numbers} tabIndex={0} aria-label="Numbers by day, the latest first">
      <Table stickyHeader verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Day</Table.Th>
            {series.map(({ key, label }) => (
              <Table.Th key={key} scope="col" ta="end">
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {days.toReversed().map((day) => (
            <Table.Tr key={day.date}>
              <Table.Th scope="row" fw={400}>
                {dateText(day.date)}
              </Table.Th>
              {series.map(({ key }) => (
                <Table.Td key={key} ta="end">
                  {day[key]}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
