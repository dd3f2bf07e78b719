import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { useAct, useReadPages } from '../../../../app/api.ts'
import { ForeignMarkdown, Name } from '../../../../parts/foreign.tsx'
import { Moment } from '../../../../parts/moment.tsx'
import { Answer } from '../../../../parts/states.tsx'
import type { TaskPartProps } from './task-part.ts'

/** What was said about a task, the oldest first, and a place to say something. */
export function Comments({ task, project, fixed }: TaskPartProps) {
  const at = { project_id: project.id, task_id: task.id }
  const { read, more } = useReadPages('tasks.comments', { ...at, limit: 100 })
  const [text, setText] = useState('')
  const comment = useAct('tasks.comment', { onDone: () => void read.refetch() })
  const waiting = comment.isPending ? comment.variables.text : undefined

  function send() {
    const said = text.trim()
    if (said === '') return
    setText('')
    comment.mutate({ ...at, text: said }, { onError: () => setText((now) => (now === '' ? said : now)) })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send()
  }
  return (
    <Stack gap="sm">
      <Answer of={read}>
        {(comments) => (
          <Stack gap="sm" component="ol" m={0} p={0} style={{ listStyle: 'none' }} aria-label="Comments">
            {comments.map(({ id, author, at: when, text: words }) => (
              <li key={id}>
                <Text size="sm" component="div" mb={2}>
                  <Name who={author} />{' '}
                  <Text span size="xs" c="dimmed">
                    <Moment at={when} />
                  </Text>
                </Text>
                {words === undefined ? (
                  <Text size="sm" c="dimmed" fs="italic">
                    The text was taken away.
                  </Text>
                ) : (
                  <ForeignMarkdown text={words} />
                )}
              </li>
            ))}
            {waiting !== undefined && (
              <li style={{ opacity: 0.6 }}>
                <ForeignMarkdown text={waiting} />
              </li>
            )}
            {comments.length === 0 && waiting === undefined && (
              <Text component="li" size="sm" c="dimmed">
                Nothing was said yet.
              </Text>
            )}
          </Stack>
        )}
      </Answer>
      {more && (
        <Button size="xs" variant="default" onClick={more} style={{ alignSelf: 'flex-start' }}>
          Show later comments
        </Button>
      )}
      {!fixed && (
        <div>
          <Textarea
            aria-label="Comment"
            placeholder="Comment, in Markdown"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
          <Group justify="flex-end" mt="xs" gap="sm">
            <Text size="xs" c="dimmed" visibleFrom="xs">
              Ctrl or ⌘ and Enter sends
            </Text>
            <Button size="xs" variant="default" onClick={send} disabled={text.trim() === ''}>
              Comment
            </Button>
          </Group>
        </div>
      )}
    </Stack>
  )
}
