import { ActionIcon, Box, Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconArrowLeft, IconLock, IconPencil } from '@tabler/icons-react'
import { Page } from '../../parts/page.tsx'
import { Empty, Guard } from '../../parts/states.tsx'
import { Conversation } from './conversation.tsx'
import { CreateThread } from './create-thread.tsx'
import classes from './messages.module.css'
import { NewMessage } from './new-message.tsx'
import { Outbox } from './outbox.tsx'
import { type PlaceProps, usePlace } from './place.ts'
import { Requests } from './requests.tsx'
import { RoomHere } from './room-here.tsx'
import { TalkList } from './talk-list.tsx'
import { Thread } from './thread.tsx'

/** Everything that was said to this node and by it: by person, private thread and room. */
export function Messages() {
  const [place, go] = usePlace()
  const [creating, { open, close }] = useDisclosure()
  return (
    <Page
      title="Messages"
      actions={
        <>
          <Button variant="default" leftSection={<IconLock size={16} aria-hidden />} onClick={open}>
            New thread
          </Button>
          <Button leftSection={<IconPencil size={16} aria-hidden />} onClick={() => go({ at: 'new', to: undefined })}>
            New message
          </Button>
        </>
      }
    >
      <Box className={`agora-panel ${classes['split']}`} data-place={place.at}>
        <nav className={classes['list']} aria-label="Conversations">
          <TalkList place={place} go={go} />
        </nav>
        <section className={classes['right']} aria-label="Conversation">
          <Guard key={JSON.stringify(place)}>
            <Chosen place={place} go={go} />
          </Guard>
        </section>
      </Box>
      <CreateThread opened={creating} onClose={close} onCreated={(id) => go({ at: 'thread', id })} />
    </Page>
  )
}

function Chosen({ place, go }: PlaceProps) {
  const back = (
    <ActionIcon
      className={classes['back'] as string}
      aria-label="Back to the list"
      onClick={() => go({ at: 'nothing' })}
    >
      <IconArrowLeft size={18} />
    </ActionIcon>
  )
  switch (place.at) {
    case 'nothing':
      return (
        <Box p="lg">
          <Empty title="No conversation is chosen.">Choose one from the list, or write to somebody new.</Empty>
        </Box>
      )
    case 'new':
      return <NewMessage to={place.to} back={back} onSent={(id) => go({ at: 'conversation', id })} />
    case 'requests':
      return <Requests back={back} />
    case 'outbox':
      return <Outbox back={back} />
    case 'conversation':
      return <Conversation id={place.id} back={back} />
    case 'thread':
      return <Thread id={place.id} back={back} />
    case 'room':
      return <RoomHere project={place.project} room={place.room} message={place.message} back={back} />
  }
}
