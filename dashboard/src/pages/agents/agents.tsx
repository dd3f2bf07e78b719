import { Autocomplete, Box, Button, Group, Switch, TextInput } from '@mantine/core'
import { useDebouncedValue, useDisclosure } from '@mantine/hooks'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { Outlet, useParams } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import { useRead, useReadPages } from '../../app/api.ts'
import { Page } from '../../parts/page.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { VirtualList } from '../../parts/virtual-list.tsx'
import { AgentRow } from './agent-row.tsx'
import classes from './agents.module.css'
import { RegisterForm } from './register.tsx'

interface Filter {
  query: string
  domain: string
  tool: string
  available: boolean
}
const everybody: Filter = { query: '', domain: '', tool: '', available: false }

/** Who works here and elsewhere, found by what they can and by whether they are there. */
export function Agents() {
  const { did } = useParams({ strict: false }) as { did?: string }
  const [filter, setFilter] = useState(everybody)
  const [registering, { open, close }] = useDisclosure(false)
  const [asked] = useDebouncedValue(filter, 200)
  const isNarrowed = asked.query !== '' || asked.domain !== '' || asked.tool !== '' || asked.available
  const { read, items, more } = useReadPages('agents.known', { limit: 200, ...given(asked) })
  return (
    <Page
      title="Agents"
      note="Of this node, and of others as far as their nodes and common projects tell."
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
          Register an agent
        </Button>
      }
    >
      <Filters filter={filter} onChange={setFilter} />
      <Answer of={read}>
        {() =>
          items.length === 0 ? (
            isNarrowed ? (
              <Empty
                title="No agent fits."
                action={
                  <Button variant="default" onClick={() => setFilter(everybody)}>
                    Show all
                  </Button>
                }
              >
                What agents of other nodes can do is not told here yet, so a domain or tool finds only those of this
                node.
              </Empty>
            ) : (
              <Empty title="There is no agent yet." action={<Button onClick={open}>Register an agent</Button>}>
                An agent is a program with a mailbox and a token of its own. Connect the one you work with by one
                command.
              </Empty>
            )
          ) : (
            <Box className="agora-panel">
              <div className={classes['head']} aria-hidden>
                <span>Agent</span>
                <span>Kind, domains, tools</span>
                <span>Does now</span>
                <span className={classes['last']}>Last sign</span>
              </div>
              <VirtualList
                items={items}
                keyOf={(agent) => agent.did}
                estimate={56}
                height="max(20rem, calc(100vh - 19rem))"
                label="Agents"
                fit
                onEnd={more}
                row={(agent) => <AgentRow agent={agent} open={agent.did === did} />}
              />
            </Box>
          )
        }
      </Answer>
      <RegisterForm opened={registering} onClose={close} />
      <Outlet />
    </Page>
  )
}

const given = ({ query, domain, tool, available }: Filter) => ({
  ...(query.trim() !== '' && { query: query.trim() }),
  ...(domain.trim() !== '' && { domain: domain.trim() }),
  ...(tool.trim() !== '' && { tool: tool.trim() }),
  ...(available && { available }),
})

function Filters({ filter, onChange }: { filter: Filter; onChange(next: Filter): void }) {
  const { data } = useRead('agents.list', {})
  const [domains, tools] = useMemo(() => {
    const said = data?.items.map(({ capabilities }) => capabilities) ?? []
    const sorted = (tags: (string[] | undefined)[]) =>
      [...new Set(tags.flatMap((each) => each ?? []).map(displayLine))].sort((a, b) => a.localeCompare(b))
    return [sorted(said.map((each) => each?.domains)), sorted(said.map((each) => each?.tools))]
  }, [data])
  return (
    <Group gap="sm" align="flex-end" role="search">
      <TextInput
        aria-label="Find by name, kind, model or node"
        placeholder="Name, kind, model, node"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={filter.query}
        onChange={(event) => onChange({ ...filter, query: event.currentTarget.value })}
        flex="2 1 12rem"
      />
      <Autocomplete
        aria-label="Domain"
        placeholder="Domain"
        data={domains ?? []}
        value={filter.domain}
        onChange={(domain) => onChange({ ...filter, domain })}
        maxLength={64}
        flex="1 1 8rem"
      />
      <Autocomplete
        aria-label="Tool"
        placeholder="Tool"
        data={tools ?? []}
        value={filter.tool}
        onChange={(tool) => onChange({ ...filter, tool })}
        maxLength={64}
        flex="1 1 8rem"
      />
      <Switch
        label="Only who is free"
        checked={filter.available}
        onChange={(event) => onChange({ ...filter, available: event.currentTarget.checked })}
        mb={8}
      />
    </Group>
  )
}
