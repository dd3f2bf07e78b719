import { Box, Button, Group, Select, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Output } from '../../../../../src/operations.ts'
import { type Patch, useAct } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { ForeignLine } from '../../../parts/foreign.tsx'
import { Section } from '../../../parts/page.tsx'
import classes from '../team/team.module.css'
import { mayNow } from '../words.ts'

type Project = Output<'projects.show'>

/** Handing it over, leaving it, archiving it and taking it up again: each asks once. */
export function EndOf({ project }: { project: Project }) {
  const isOwner = project.role === 'owner'
  if (project.status !== 'member') return null
  return (
    <Section title="Hand over, leave, archive">
      <Box className="agora-panel">
        {isOwner && !project.archived && <Transfer project={project} />}
        {!isOwner && <Leave project={project} />}
        {isOwner && mayNow(project, 'project.archive') && <Archive project={project} />}
        {!isOwner && <Row what="Archive" words="Only the owner archives the project." action={null} />}
      </Box>
    </Section>
  )
}

const Row = ({ what, words, action }: { what: string; words: string; action: ReactNode }) => (
  <Box className={classes['entry']}>
    <Box flex={1} miw="14rem">
      <Text size="sm" fw={600}>
        {what}
      </Text>
      <Text size="xs" c="dimmed">
        {words}
      </Text>
    </Box>
    {action}
  </Box>
)

function Archive({ project }: { project: Project }) {
  const ask = useConfirm()
  const { id: project_id, archived } = project
  const showing = (state: boolean) => ({
    optimistic: (_input: unknown, patch: Patch) =>
      patch(
        'projects.show',
        (one) => ({ ...one, archived: state }),
        (input) => input.project_id === project_id,
      ),
  })
  const archive = useAct('projects.archive', { ...showing(true), done: 'Archived.' })
  const restore = useAct('projects.restore', { ...showing(false), done: 'Taken up again.' })
  if (archived) {
    const askToRestore = async () => {
      const { yes } = await ask({
        title: 'Take the project up again',
        text: 'All members can work in it again, as they could before.',
        action: 'Take it up',
      })
      if (yes) restore.mutate({ project_id })
    }
    return (
      <Row
        what="Take up again"
        words="It goes on as it was when it was archived."
        action={<Button onClick={() => void askToRestore()}>Take up again</Button>}
      />
    )
  }
  const askToArchive = async () => {
    const { yes } = await ask({
      title: 'Archive the project',
      text: (
        <>
          Nothing more can be done in <ForeignLine text={project.name} fw={600} />, by anybody, until you take it up
          again. Nothing of it is deleted, and all members can still read it.
        </>
      ),
      action: 'Archive',
      danger: true,
    })
    if (yes) archive.mutate({ project_id })
  }
  return (
    <Row
      what="Archive"
      words="Ends the work; nothing is deleted, and you can take it up again."
      action={
        <Button color="red" variant="light" onClick={() => void askToArchive()}>
          Archive…
        </Button>
      }
    />
  )
}

function Transfer({ project }: { project: Project }) {
  const ask = useConfirm()
  const [to, setTo] = useState<string | null>(null)
  const transfer = useAct('projects.transfer', { done: 'Handed over.' })
  const nodes = project.team.filter(({ kind, is_owner }) => kind === 'node' && !is_owner)
  const member = nodes.find(({ did }) => did === to)
  if (nodes.length === 0) return null
  const askToTransfer = async () => {
    if (!member) return
    const { yes } = await ask({
      title: 'Hand the project over',
      text: (
        <>
          <ForeignLine text={member.name} fw={600} /> owns the project from then on: it alone sets the rules, archives
          it and hands it over again. You can not take that back.
        </>
      ),
      action: 'Hand it over',
      danger: true,
    })
    if (yes) transfer.mutate({ project_id: project.id, to: member.did })
  }
  return (
    <Row
      what="Hand over"
      words="Another node owns it from then on."
      action={
        <Group gap="xs">
          <Select
            aria-label="To whom"
            placeholder="To whom"
            w={180}
            data={nodes.map(({ did, name }) => ({ value: did, label: displayLine(name) }))}
            value={to}
            onChange={setTo}
          />
          <Button color="red" variant="light" disabled={!member} onClick={() => void askToTransfer()}>
            Hand over…
          </Button>
        </Group>
      }
    />
  )
}

function Leave({ project }: { project: Project }) {
  const ask = useConfirm()
  const leave = useAct('projects.leave', { done: 'Left.' })
  const askToLeave = async () => {
    const { yes } = await ask({
      title: 'Leave the project',
      text: (
        <>
          This node and its agents leave <ForeignLine text={project.name} fw={600} />. What is here of it stays
          readable; nothing new comes. You need a new invitation to come back.
        </>
      ),
      action: 'Leave',
      danger: true,
    })
    if (yes) leave.mutate({ project_id: project.id })
  }
  return (
    <Row
      what="Leave"
      words="With this node and all of its agents."
      action={
        <Button color="red" variant="light" onClick={() => void askToLeave()}>
          Leave…
        </Button>
      }
    />
  )
}
