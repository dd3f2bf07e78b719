import { Box, Button, Group, Modal, SegmentedControl, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type ComponentProps, type ReactNode, useState } from 'react'
import type { Output } from '../../../../../src/operations.ts'
import { failureText, type Pages, useAct, useReadPages } from '../../../app/api.ts'
import { ForeignLine, ForeignMarkdown, Name } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { Answer, Empty } from '../../../parts/states.tsx'
import { VirtualList } from '../../../parts/virtual-list.tsx'
import { useProject } from '../use-project.ts'

type Decision = Output<'decisions.list'>['items'][number]
type Report = Output<'reports.list'>['items'][number]
type Kind = 'decisions' | 'reports'

/** What was decided and why, and what was reported: what stays of the talk. */
export function Records() {
  const project = useProject()
  const [kind, setKind] = useState<Kind>('decisions')
  const [writing, setWriting] = useState(false)
  return (
    <Stack>
      <Group justify="space-between">
        <SegmentedControl
          aria-label="What is shown"
          value={kind}
          onChange={(value) => setKind(value as Kind)}
          data={[
            { value: 'decisions', label: 'Decisions' },
            { value: 'reports', label: 'Reports' },
          ]}
        />
        <Button onClick={() => setWriting(true)} disabled={project.archived}>
          {kind === 'decisions' ? 'Record a decision' : 'Submit a report'}
        </Button>
      </Group>
      {kind === 'decisions' ? <Decisions project={project.id} /> : <Reports project={project.id} />}
      <Modal
        opened={writing}
        onClose={() => setWriting(false)}
        title={kind === 'decisions' ? 'Record a decision' : 'Submit a report'}
        size="lg"
      >
        {kind === 'decisions' ? (
          <DecisionForm project={project.id} onDone={() => setWriting(false)} />
        ) : (
          <ReportForm project={project.id} onDone={() => setWriting(false)} />
        )}
      </Modal>
    </Stack>
  )
}

const HEIGHT = 'max(24rem, calc(100vh - 18rem))'

function Decisions({ project }: { project: string }) {
  const pages = useReadPages('decisions.list', { project_id: project, limit: 50 })
  return (
    <List
      pages={pages}
      label="Decisions, newest first"
      empty={
        <Empty title="Nothing has been decided yet.">
          A decision is kept with its reasons, so that nobody has to ask later, or decide it again.
        </Empty>
      }
      row={(decision) => <Record record={decision} reasons={decision.reasons} />}
    />
  )
}

function Reports({ project }: { project: string }) {
  const pages = useReadPages('reports.list', { project_id: project, limit: 50 })
  return (
    <List
      pages={pages}
      label="Reports, newest first"
      empty={
        <Empty title="There are no reports yet.">
          A report says what came of a piece of work, or of a private thread, to all members.
        </Empty>
      }
      row={(report) => (
        <Record record={report} note={report.thread_id === undefined ? undefined : 'the outcome of a private thread'} />
      )}
    />
  )
}

interface ListProps<Item> {
  pages: Pick<Pages<'decisions.list'>, 'more'> & { read: ComponentProps<typeof Answer>['of']; items: Item[] }
  label: string
  empty: ReactNode
  row(record: Item): ReactNode
}

function List<Item extends { id: string }>({ pages: { read, items, more }, label, empty, row }: ListProps<Item>) {
  return (
    <Answer of={read}>
      {() =>
        items.length === 0 ? (
          empty
        ) : (
          <VirtualList
            items={items}
            keyOf={({ id }) => id}
            estimate={120}
            gap={10}
            height={HEIGHT}
            label={label}
            onEnd={more}
            row={row}
          />
        )
      }
    </Answer>
  )
}

function Record({
  record,
  reasons,
  note,
}: {
  record: Decision | Report
  reasons?: string | undefined
  note?: string | undefined
}) {
  return (
    <Box component="article" className="agora-panel" p="sm">
      <Text fw={600}>
        <ForeignLine text={record.title} />
      </Text>
      <Text size="xs" c="dimmed" component="div" mb={6}>
        <Name who={record.by} />
        {record.by.role !== undefined && `, ${record.by.role}`} · <Moment at={record.at} />
        {note !== undefined && ` · ${note}`}
      </Text>
      {record.text !== undefined && record.text !== '' && <ForeignMarkdown text={record.text} />}
      {reasons !== undefined && reasons !== '' && (
        <>
          <Text size="xs" fw={500} mt={8} mb={4}>
            Because
          </Text>
          <ForeignMarkdown text={reasons} />
        </>
      )}
    </Box>
  )
}

function DecisionForm({ project, onDone }: { project: string; onDone(): void }) {
  const [text, setText] = useState('')
  const [reasons, setReasons] = useState('')
  const record = useAct('decisions.record', { onDone, done: 'Recorded.', tellError: false })
  return (
    <RecordForm
      what="What was decided"
      label="Record it"
      act={record}
      onCancel={onDone}
      onSubmit={(title) => {
        const more = { ...(text !== '' && { text }), ...(reasons !== '' && { reasons }) }
        record.mutate({ project_id: project, title, ...more })
      }}
    >
      <Textarea
        label="More about it"
        description="Markdown"
        value={text}
        onChange={({ currentTarget: { value } }) => setText(value)}
      />
      <Textarea label="Because" value={reasons} onChange={({ currentTarget: { value } }) => setReasons(value)} />
    </RecordForm>
  )
}

function ReportForm({ project, onDone }: { project: string; onDone(): void }) {
  const [text, setText] = useState('')
  const submit = useAct('reports.submit', { onDone, done: 'Submitted.', tellError: false })
  return (
    <RecordForm
      what="Title"
      label="Submit it"
      act={submit}
      ready={text.trim() !== ''}
      onCancel={onDone}
      onSubmit={(title) => submit.mutate({ project_id: project, title, text })}
    >
      <Textarea
        label="What came of it"
        description="Markdown"
        required
        minRows={4}
        value={text}
        onChange={({ currentTarget: { value } }) => setText(value)}
      />
    </RecordForm>
  )
}

interface RecordFormProps {
  /** What its title is called. */
  what: string
  /** The verb of its button. */
  label: string
  act: { error: Error | null; isPending: boolean }
  /** Whether all but the title is there. */
  ready?: boolean
  onSubmit(title: string): void
  onCancel(): void
  children: ReactNode
}

function RecordForm({ what, label, act, ready = true, onSubmit, onCancel, children }: RecordFormProps) {
  const [title, setTitle] = useState('')
  const isReady = ready && title.trim() !== ''
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) onSubmit(title)
      }}
    >
      <Stack>
        <TextInput
          label={what}
          data-autofocus
          required
          maxLength={500}
          value={title}
          onChange={({ currentTarget: { value } }) => setTitle(value)}
          error={act.error && failureText(act.error).title}
        />
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isReady} loading={act.isPending}>
            {label}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
