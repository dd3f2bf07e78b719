import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { useState } from 'react'
import type { Stage } from '../../../../../src/authority/roles.ts'
import { useAct, useRead } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { Name } from '../../../parts/foreign.tsx'
import { Moment } from '../../../parts/moment.tsx'
import { Section } from '../../../parts/page.tsx'
import { Answer } from '../../../parts/states.tsx'
import { useProject } from '../use-project.ts'
import { capital, mayNow, stageChanges, stages, stageWords } from '../words.ts'
import { RightsTable } from './rights-table.tsx'
import classes from './stages.module.css'

/** In which stage a project is, and what each role may do in it. */
export function Stages() {
  const project = useProject()
  const ask = useConfirm()
  const now = useRead('projects.stage', { project_id: project.id })
  const [looked, setLooked] = useState<Stage>()
  const shown = looked ?? project.stage
  const set = useAct('projects.set_stage', {
    optimistic: ({ stage }, patch) => {
      if (stage === undefined) return
      patch(
        'projects.show',
        (one) => ({ ...one, stage }),
        (input) => input.project_id === project.id,
      )
      patch(
        'projects.stage',
        (one) => ({ ...one, stage, since: new Date().toISOString() }),
        (input) => input.project_id === project.id,
      )
    },
  })
  const mayLead = mayNow(project, 'project.stage')

  const askToSet = async (stage: Stage) => {
    const changes = stageChanges(project.profile, project.stage, stage)
    const { yes } = await ask({
      title: `${stages.indexOf(stage) < stages.indexOf(project.stage) ? 'Go back to' : 'Go on to'} ${stage}`,
      text: (
        <>
          {stageWords[stage]} All members see it at once.
          {changes.length === 0 ? (
            <Text size="sm" mt="xs">
              Nobody may do more or less by it.
            </Text>
          ) : (
            <ul className={classes['changes']}>
              {changes.map((change) => (
                <li key={change}>{change}</li>
              ))}
            </ul>
          )}
        </>
      ),
      action: `Set ${stage}`,
    })
    if (!yes) return
    setLooked(undefined)
    set.mutate({ project_id: project.id, stage })
  }

  const next = stages[stages.indexOf(project.stage) + 1]
  return (
    <Stack gap="xl">
      <Section
        title="Stage"
        note={
          <Answer of={now} loading="…">
            {({ since, by }) => (
              <>
                since <Moment at={since} />, set by <Name who={by} icon={false} />
              </>
            )}
          </Answer>
        }
        actions={
          mayLead &&
          next !== undefined && (
            <Button rightSection={<IconArrowRight size={16} />} onClick={() => void askToSet(next)}>
              Go on to {next}
            </Button>
          )
        }
      >
        <ol className={classes['steps']}>
          {stages.map((stage, place) => {
            const at = stages.indexOf(project.stage)
            const state = place < at ? 'before' : place === at ? 'now' : 'after'
            return (
              <li
                key={stage}
                className={classes['step']}
                data-state={state}
                {...(state === 'now' && { 'aria-current': 'step' as const })}
              >
                <Text fw={600} size="sm">
                  {capital(stage)}
                  {state === 'now' && (
                    <Text span size="xs" fw={500} c="agora" ms={6}>
                      now
                    </Text>
                  )}
                </Text>
                <Text size="xs" c="dimmed">
                  {stageWords[stage]}
                </Text>
                {mayLead && state !== 'now' && stage !== next && (
                  <Button variant="subtle" size="compact-xs" mt={4} ms={-8} onClick={() => void askToSet(stage)}>
                    {state === 'before' ? 'Go back to' : 'Go on to'} {stage}
                  </Button>
                )}
              </li>
            )
          })}
        </ol>
      </Section>
      <Section
        title="What each role may do"
        note={
          shown === project.stage
            ? `Now, in the stage ${shown}`
            : `As it would be in the stage ${shown}; now it is ${project.stage}`
        }
      >
        <Stack gap="sm">
          <Group className={classes['choice'] ?? ''}>
            <SegmentedControl
              aria-label="In which stage"
              size="xs"
              value={shown}
              onChange={(value) => setLooked(value as Stage)}
              data={stages.map((stage) => ({ value: stage, label: capital(stage) }))}
            />
          </Group>
          <RightsTable profile={project.profile} stage={shown} own={project.role} />
        </Stack>
      </Section>
    </Stack>
  )
}
