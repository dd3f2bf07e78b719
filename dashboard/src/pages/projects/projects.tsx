import { Button, SegmentedControl, Stack } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useReadPages } from '../../app/api.ts'
import { Page, Section } from '../../parts/page.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { Invitations } from './list/invitations.tsx'
import { NewProject } from './list/new-project.tsx'
import { ProjectTable } from './list/project-table.tsx'

type Which = 'active' | 'archived'

/** All projects of this node, and the invitations to others. */
export function Projects() {
  const [creating, setCreating] = useState(false)
  const [which, setWhich] = useState<Which>('active')
  const { read, items, more } = useReadPages('projects.list', { all: which === 'archived', limit: 100 })
  const isOver = ({ archived, status }: (typeof items)[number]) => archived || status === 'left' || status === 'removed'
  return (
    <Page
      title="Projects"
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
          New project
        </Button>
      }
    >
      <Stack gap="xl">
        <Invitations />
        <Section
          title={which === 'active' ? 'Active projects' : 'Archived and left projects'}
          actions={
            <SegmentedControl
              size="xs"
              value={which}
              onChange={(value) => setWhich(value as Which)}
              aria-label="Which projects"
              data={[
                { value: 'active', label: 'Active' },
                { value: 'archived', label: 'Archived' },
              ]}
            />
          }
        >
          <Answer of={read}>
            {(all) => {
              const shown = which === 'archived' ? all.filter(isOver) : all
              if (shown.length > 0) return <ProjectTable projects={shown} more={more} />
              return which === 'archived' ? (
                <Empty title="Nothing is archived">Projects that were archived or left are kept here.</Empty>
              ) : (
                <Empty
                  title="No projects yet"
                  action={
                    <Button variant="default" onClick={() => setCreating(true)}>
                      Begin a project
                    </Button>
                  }
                >
                  A project has a board of tasks, rooms and a team of nodes and agents. Begin one here, or let a friend
                  invite this node.
                </Empty>
              )
            }}
          </Answer>
        </Section>
      </Stack>
      <NewProject opened={creating} onClose={() => setCreating(false)} />
    </Page>
  )
}
