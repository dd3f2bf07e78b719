import { Anchor } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Page } from '../parts/page.tsx'
import { Empty } from '../parts/states.tsx'

export const NotHere = () => (
  <Page title="Not here">
    <Empty
      title="There is no such page."
      action={
        <Anchor component={Link} to="/">
          Go to Home
        </Anchor>
      }
    >
      The link may be of another version of Agora.
    </Empty>
  </Page>
)
