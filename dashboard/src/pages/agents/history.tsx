import { Badge, Box, Text } from '@mantine/core'
import { useReadPages } from '../../app/api.ts'
import { ForeignLine, Told } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import { VirtualList } from '../../parts/virtual-list.tsx'

/** What an agent did, latest first. */
export function History({ did }: { did: string }) {
  const { read, items, more } = useReadPages('agents.history', { name: did, limit: 100 })
  return (
    <Answer of={read}>
      {() =>
        items.length === 0 ? (
          <Empty title="Nothing that is known here.">
            What it writes in projects of this node, what it claims, and when it was woken shows here.
          </Empty>
        ) : (
          <VirtualList
            items={items}
            keyOf={({ id }) => id}
            estimate={48}
            height="max(16rem, calc(100vh - 18rem))"
            label="What it did, latest first"
            fit
            onEnd={more}
            row={({ deed, at, project, state }) => (
              <Box py={5} style={{ borderBottom: '1px solid var(--agora-line)' }}>
                <Text size="sm">
                  <Told sentence={deed} />
                </Text>
                <Text size="xs" c="dimmed" component="div">
                  <Moment at={at} />
                  {project !== undefined && (
                    <>
                      {' · '}
                      <ForeignLine text={project} />
                    </>
                  )}
                  {state !== undefined && (
                    <Badge size="sm" color={state === 'held' ? 'orange' : 'red'} ms="xs">
                      {state}
                    </Badge>
                  )}
                </Text>
              </Box>
            )}
          />
        )
      }
    </Answer>
  )
}
