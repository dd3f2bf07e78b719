import { Alert, Button, Stack } from '@mantine/core'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Section } from '../../../parts/page.tsx'
import { useProject } from '../use-project.ts'
import { mayNow } from '../words.ts'
import { HeldEntries } from './held.tsx'
import { Invitations } from './invitations.tsx'
import { InviteForm } from './invite-form.tsx'
import { Members } from './members.tsx'

/** Who is in a project, who is invited, and what of somebody is held. */
export function Team() {
  const project = useProject()
  const [inviting, setInviting] = useState(false)
  const mayInvite = mayNow(project, 'project.invite')
  return (
    <Stack gap="xl">
      {project.suspended && (
        <Alert color="orange" title="This node is suspended in this project.">
          Nothing that is done here counts until that is lifted by an overseer or the owner.
        </Alert>
      )}
      <Section
        title="Team"
        note={`${project.members} ${project.members === 1 ? 'node' : 'nodes'}, with those of their agents that have a part in it`}
        actions={
          mayInvite && (
            <Button leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
              Invite
            </Button>
          )
        }
      >
        <Members project={project} />
      </Section>
      <Invitations project={project} />
      <HeldEntries project={project} />
      <InviteForm project={project} opened={inviting} onClose={() => setInviting(false)} />
    </Stack>
  )
}
