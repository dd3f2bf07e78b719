import { Box, Button, Text } from '@mantine/core'
import { useMemo } from 'react'
import { type Names, told } from '../../../../../src/base/deed.ts'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Output } from '../../../../../src/operations.ts'
import { useAct, useReadPages } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { ForeignLine, Name, Told } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { Section } from '../../../parts/page.tsx'
import { mayNow } from '../words.ts'
import classes from './team.module.css'

type Project = Output<'projects.show'>
type Entry = Output<'audit.list'>['items'][number]

/** How many of one author are shown; all of them are brought back together. */
const SHOWN = 5

/** What was written by somebody who had not heard yet that nothing of it would count. Nothing where there is none. */
export function HeldEntries({ project }: { project: Project }) {
  const { items } = useReadPages('audit.list', { project_id: project.id, verdict: 'held', limit: 100 })
  const names = useMemo<Names>(() => {
    const who = new Map(project.team.map(({ did, name }) => [did, name]))
    return {
      who: (did) => displayLine(who.get(did) ?? `…${did.slice(-6)}`),
      title: () => undefined,
      room: () => undefined,
    }
  }, [project.team])
  const byAuthor = useMemo(() => {
    const found = new Map<string, Entry[]>()
    for (const entry of items) found.set(entry.author.did, [...(found.get(entry.author.did) ?? []), entry])
    return [...found.values()]
  }, [items])
  if (byAuthor.length === 0) return null
  return (
    <Section
      title="Held"
      note="Written without having heard of a suspension or removal. It counts for nothing unless it is brought back"
    >
      {byAuthor.map((entries) => (
        <OfOne key={entries[0]?.author.did} project={project} entries={entries} names={names} />
      ))}
    </Section>
  )
}

function OfOne({ project, entries, names }: { project: Project; entries: Entry[]; names: Names }) {
  const ask = useConfirm()
  const [latest] = entries
  const reinstate = useAct('projects.reinstate', {
    done: ({ reinstated }) =>
      `${reinstated.length} ${reinstated.length === 1 ? 'entry counts' : 'entries count'} again.`,
  })
  if (!latest) return null
  const { author } = latest
  const askToReinstate = async () => {
    const { yes } = await ask({
      title: 'Bring back what was held',
      text: (
        <>
          All that is held of <ForeignLine text={author.name} fw={600} /> counts from now on, in the order in which it
          was written, and a suspension of theirs is lifted. What no longer fits what was done meanwhile stays refused.
        </>
      ),
      action: 'Bring it back',
    })
    // Who was removed is nobody in it any more; then by what they wrote.
    const what = project.team.some(({ did }) => did === author.did)
      ? { name: author.did }
      : { entries: entries.map(({ id }) => id) }
    if (yes) reinstate.mutate({ project_id: project.id, ...what })
  }
  return (
    <Box className="agora-panel" mb="sm">
      <Box className={classes['entry']}>
        <Text size="sm" component="div">
          <Name who={author} /> · {entries.length} held
        </Text>
        {mayNow(project, 'project.reinstate') && (
          <Button variant="default" size="xs" loading={reinstate.isPending} onClick={() => void askToReinstate()}>
            Bring it back
          </Button>
        )}
      </Box>
      <Box component="ul" m={0} p={0} aria-label={`Held of ${displayLine(author.name)}`}>
        {entries.slice(0, SHOWN).map(({ id, type, facts, at }) => (
          <li key={id} className={classes['entry']}>
            <Text size="sm" component="div">
              <Told sentence={told({ type, facts, by: author.did }, names)} />
            </Text>
            <Text size="xs" c="dimmed">
              <Moment at={at} />
            </Text>
          </li>
        ))}
      </Box>
      {entries.length > SHOWN && (
        <Text size="xs" c="dimmed" px="sm" py={6}>
          and {entries.length - SHOWN} more, in the audit
        </Text>
      )}
    </Box>
  )
}
