import { Button, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useConfirm } from '../../../../parts/confirm.tsx'
import { ForeignMarkdown, Name, Quoted } from '../../../../parts/foreign.tsx'
import { Countdown, Moment } from '../../../../parts/moment.tsx'
import type { TaskPartProps } from './task-part.ts'

const noted = (note: string) => (note === '' ? {} : { note })

/** Who has it now and what can be done with it: claim, release, complete, accept, delete. */
export function Deeds({ task, acts, fixed, onGo }: TaskPartProps) {
  const ask = useConfirm()
  const { claim, status, title, accepted } = task
  const name = <Quoted text={title} />
  const isDone = status === 'done'

  async function release() {
    if (await acts.mayTake(task, 'release it')) {
      const after = status === 'in_progress' ? { status: 'todo' as const } : {}
      await acts.act('tasks.release', task, {}, { claim: undefined, ...after } as never)
    }
  }
  async function complete() {
    if (!(await acts.mayTake(task, 'complete it'))) return
    const answer = await ask({
      title: 'Complete this task?',
      text: <>{name} is done then, and what waits for it alone may begin.</>,
      action: 'Complete',
      reason: { label: 'What came of it', placeholder: 'May be left empty' },
    })
    const at = new Date().toISOString()
    const pretend = { status: 'done', completed_at: at, claim: undefined } as never
    if (answer.yes) await acts.act('tasks.complete', task, noted(answer.reason), pretend)
  }
  async function judge(accept: boolean) {
    const answer = await ask({
      title: accept ? 'Accept the work?' : 'Send it back?',
      text: accept ? <>The work on {name} is as it should be.</> : <>{name} is to do again.</>,
      action: accept ? 'Accept' : 'Send back',
      reason: { label: accept ? 'Note' : 'What is missing', placeholder: 'May be left empty' },
    })
    if (answer.yes) await acts.act('tasks.accept', task, { accepted: accept, ...noted(answer.reason) })
  }

  const remove = async () => (await acts.remove(task)) && onGo(undefined)
  return (
    <Stack gap="xs">
      {claim && (
        <Standing>
          Claimed by <Name who={claim.holder} /> <Moment at={claim.since} />
          {claim.until === undefined ? (
            ', and renewed since'
          ) : (
            <>
              {', '}
              <Countdown until={claim.until} /> left
            </>
          )}
        </Standing>
      )}
      {isDone && task.completed_by && task.completed_at && (
        <Standing>
          Done by <Name who={task.completed_by} /> <Moment at={task.completed_at} />
        </Standing>
      )}
      {isDone && task.note !== undefined && task.note !== '' && <ForeignMarkdown text={task.note} />}
      {accepted && (
        <Standing>
          Accepted by <Name who={accepted.by} /> <Moment at={accepted.at} />
        </Standing>
      )}
      {accepted?.note !== undefined && accepted.note !== '' && <ForeignMarkdown text={accepted.note} />}
      {!fixed && (
        <Group gap="xs">
          {!isDone && !claim && <Deed label="Claim" run={() => acts.act('tasks.claim', task, {})} />}
          {claim && <Deed label="Release" run={release} />}
          {!isDone && <Deed label="Complete" run={complete} variant="filled" />}
          {isDone && !accepted && <Deed label="Accept" run={() => judge(true)} variant="filled" />}
          {isDone && <Deed label="Send back" run={() => judge(false)} />}
          <Deed label="Delete" run={remove} variant="subtle" color="red" />
        </Group>
      )}
    </Stack>
  )
}

interface DeedProps {
  label: string
  run: () => Promise<unknown>
  variant?: string
  color?: string
}

/** It is seen to be under way: the keeper of claims may be another node. */
function Deed({ label, run, variant = 'default', color }: DeedProps) {
  const [running, setRunning] = useState(false)
  const start = async () => {
    setRunning(true)
    await run()
    setRunning(false)
  }
  return (
    <Button size="xs" variant={variant} {...(color && { color })} loading={running} onClick={() => void start()}>
      {label}
    </Button>
  )
}

const Standing = ({ children }: { children: ReactNode }) => (
  <Text size="sm" component="div">
    {children}
  </Text>
)
