import { Select } from '@mantine/core'
import { displayLine } from '../../../../../src/base/text.ts'
import type { Output } from '../../../../../src/operations.ts'
import { useAct } from '../../../app/api.ts'
import { useConfirm } from '../../../parts/confirm.tsx'
import { ForeignLine } from '../../../parts/foreign.tsx'
import { Section } from '../../../parts/page.tsx'

/** The node that gives out claims. */
export function Keeper({ project, disabled }: { project: Output<'projects.show'>; disabled: boolean }) {
  const ask = useConfirm()
  const nodes = project.team.filter(({ kind }) => kind === 'node')
  const name = useAct('projects.keeper', { done: 'The keeper was named.' })
  const askToName = async (did: string | null) => {
    const member = nodes.find((node) => node.did === did)
    if (!member || member.is_keeper) return
    const { yes } = await ask({
      title: 'Name another keeper',
      text: (
        <>
          From now on <ForeignLine text={member.name} fw={600} /> gives out the claims on tasks. It should be a node
          that is always there: while it is not, nobody can claim.
        </>
      ),
      action: 'Name it',
    })
    if (yes) name.mutate({ project_id: project.id, node: member.did })
  }
  return (
    <Section title="Keeper" note="The node that gives out the claims on tasks, each to one alone">
      <Select
        aria-label="Keeper"
        maw={320}
        disabled={disabled}
        allowDeselect={false}
        data={nodes.map(({ did, name: called }) => ({ value: did, label: displayLine(called) }))}
        value={project.keeper.did}
        onChange={(did) => void askToName(did)}
      />
    </Section>
  )
}
