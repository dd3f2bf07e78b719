import { Badge, Button, Stack, Text } from '@mantine/core'
import { doerOf, type Names, told } from '../../../../../../src/base/deed.ts'
import { didTail } from '../../../../../../src/base/did.ts'
import { useReadPages } from '../../../../app/api.ts'
import { Foreign, Name, Told } from '../../../../parts/foreign.tsx'
import { Moment } from '../../../../parts/moment.tsx'
import { Answer } from '../../../../parts/states.tsx'
import type { TaskPartProps } from './task-part.ts'

/** What was done with a task, the oldest first, also what does not count. */
export function History({ task, project, board }: TaskPartProps) {
  const { read, more } = useReadPages('tasks.history', { project_id: project.id, task_id: task.id, limit: 100 })
  const people = new Map([...board.store.assignees(), ...project.team].map((who) => [who.did, who.name]))
  const names: Names = {
    who: (did) => people.get(did) ?? didTail(did),
    title: (id) => (id === task.id ? task.title : board.store.get(id)?.title),
    room: () => undefined,
  }
  return (
    <Answer of={read}>
      {(entries) => (
        <Stack gap="xs" component="ol" m={0} p={0} style={{ listStyle: 'none' }} aria-label="History">
          {entries.map((entry) => {
            const { id, type, author, at, facts, texts = {}, verdict, redacted } = entry
            const doer = doerOf({ type, by: author.did, facts })
            const who = doer === author.did ? author : { did: doer, name: names.who(doer) }
            return (
              <li key={id}>
                <Text size="sm" component="div">
                  <Name who={who} /> <Told sentence={told({ type, facts, by: author.did }, names, doer)} />{' '}
                  <Text span size="xs" c="dimmed">
                    <Moment at={at} />
                  </Text>{' '}
                  {verdict.state !== 'counts' && (
                    <Badge size="sm" color={verdict.state === 'held' ? 'orange' : 'red'}>
                      {verdict.state}
                    </Badge>
                  )}
                  {redacted && (
                    <Badge size="sm" color="gray">
                      text taken away
                    </Badge>
                  )}
                </Text>
                {Object.values(texts).map((text) => text !== '' && <Foreign key={text} text={text} lines={2} />)}
              </li>
            )
          })}
          {more && (
            <li>
              <Button size="xs" variant="default" onClick={more}>
                Show what was done later
              </Button>
            </li>
          )}
        </Stack>
      )}
    </Answer>
  )
}
