import { Anchor, Box, Button, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Activity as Done } from '../../../../src/capabilities/audit/schema.ts'
import { useReadPages } from '../../app/api.ts'
import { ForeignLine, Name, Told } from '../../parts/foreign.tsx'
import { Moment } from '../../parts/moment.tsx'
import { Answer, Empty } from '../../parts/states.tsx'
import classes from './home.module.css'

/** What was done last in all projects. */
export function Activity() {
  const { read, items, more } = useReadPages('activity.list', { limit: 20 })
  return (
    <Answer of={read}>
      {() =>
        items.length === 0 ? (
          <Empty title="Nothing was done yet.">What happens in your projects is told here as it happens.</Empty>
        ) : (
          <Box className="agora-panel">
            <ol className={classes.rows} aria-label="What was done, the latest first">
              {items.map((one) => (
                <li key={one.id} className={classes.row}>
                  <Deed one={one} />
                </li>
              ))}
            </ol>
            {read.hasNextPage && (
              <Box p="sm">
                <Button size="xs" variant="default" onClick={more} loading={read.isFetchingNextPage}>
                  Show earlier
                </Button>
              </Box>
            )}
          </Box>
        )
      }
    </Answer>
  )
}

function Deed({ one }: { one: Done }) {
  return (
    <>
      <Text size="sm" component="div" lineClamp={3}>
        <Name who={one.who} icon={false} /> <Told sentence={one.deed} />
      </Text>
      <Text size="sm" c="dimmed" component="div" truncate>
        <Moment at={one.at} /> in{' '}
        <Anchor component={Link} to={`/projects/${one.project_id}/board`} inherit c="dimmed" underline="always">
          <ForeignLine text={one.project} />
        </Anchor>
      </Text>
    </>
  )
}
