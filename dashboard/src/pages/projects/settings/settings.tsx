import { Alert, Stack, Text } from '@mantine/core'
import { useProject } from '../use-project.ts'
import { mayNow } from '../words.ts'
import { About } from './about.tsx'
import { EndOf } from './end-of.tsx'
import { Keeper } from './keeper.tsx'
import { LimitsForm } from './limits.tsx'
import { Rules } from './rules.tsx'

/** What a project is called, what its rules are, and how it ends. */
export function ProjectSettings() {
  const project = useProject()
  const maySet = mayNow(project, 'project.settings')
  return (
    <Stack gap="xl" maw={860}>
      {project.archived && (
        <Alert color="gray" title="This project is archived.">
          Nothing more can be done in it until its owner takes it up again, below.
        </Alert>
      )}
      {!maySet && project.status === 'member' && !project.archived && (
        <Text size="sm" c="dimmed">
          What holds here. Only the owner changes it.
        </Text>
      )}
      <About key={`about ${project.name} ${project.description} ${project.repo}`} project={project} />
      <Keeper project={project} disabled={!maySet} />
      <LimitsForm key={`limits ${JSON.stringify(project.limits)}`} project={project} disabled={!maySet} />
      <Rules key={`rules ${JSON.stringify(project.profile)}`} project={project} disabled={!maySet} />
      <EndOf project={project} />
    </Stack>
  )
}
