import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlugConnected, IconUserPlus } from '@tabler/icons-react'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { useRead, useReads } from '../../app/api.ts'
import { whenThere } from '../../app/proof.ts'
import { Page, Section } from '../../parts/page.tsx'
import { Answer, Empty, Loading } from '../../parts/states.tsx'
import { AddFriend } from './add-friend.tsx'
import { Blocked } from './blocked.tsx'
import { Connect } from './connect.tsx'
import { Details } from './details.tsx'
import { everybody, type Known } from './known.ts'
import { People } from './people.tsx'
import { OwnRequests, Requests } from './requests.tsx'

const NetworkMap = lazy(whenThere(() => import('./map.tsx').then((module) => ({ default: module.NetworkMap }))))

export function Network() {
  const status = useRead('node.status', {})
  const known = useKnown()
  const [connecting, connect] = useDisclosure()
  const [adding, add] = useDisclosure()
  const [openDid, setOpenDid] = useState<string>()
  const close = useCallback(() => setOpenDid(undefined), [])
  return (
    <Page
      title="Network"
      note="The nodes this one is linked with, and how far each trusts the other."
      actions={
        <>
          <Button variant="default" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={add.open}>
            Add a friend
          </Button>
          <Button leftSection={<IconPlugConnected size={16} aria-hidden />} onClick={connect.open}>
            Connect
          </Button>
        </>
      }
    >
      <Requests />
      <Answer of={known}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No other node yet." action={<Button onClick={connect.open}>Connect to one</Button>}>
              Give it the address of another machine that runs Agora, or give that machine yours. Nodes on one network
              find each other once they are friends.
            </Empty>
          ) : (
            <>
              <Section title="Map">
                <Suspense fallback={<Loading lines={8} label="Loading the map" />}>
                  {status.data && <NetworkMap me={status.data} known={list} onOpen={setOpenDid} />}
                </Suspense>
              </Section>
              <Section title="Nodes" note={<Count list={list} />}>
                <People list={list} onOpen={setOpenDid} />
              </Section>
              <OwnRequests known={list} />
            </>
          )
        }
      </Answer>
      <Blocked />
      <Connect opened={connecting} onClose={connect.close} onConnected={setOpenDid} />
      <AddFriend opened={adding} onClose={add.close} onAdded={setOpenDid} />
      <Details known={known.data?.find(({ did }) => did === openDid)} opened={openDid !== undefined} onClose={close} />
    </Page>
  )
}

/** Everybody, from all that this node is told; what does not matter to begin with may still be under way. */
function useKnown() {
  const status = useRead('node.status', {})
  const peers = useRead('node.peers', {})
  const friends = useRead('friends.list', {})
  const requests = useRead('friend_requests.list', {})
  const projects = useRead('projects.list', { limit: 100 })
  const ours = useMemo(() => (projects.data?.items ?? []).filter(({ status }) => status === 'member'), [projects.data])
  const teams = useReads(
    'projects.team',
    useMemo(() => ours.map(({ id }) => ({ project_id: id })), [ours]),
  )
  const data = useMemo(
    () =>
      status.data &&
      peers.data &&
      friends.data &&
      everybody({
        me: status.data.did,
        peers: peers.data.items,
        friends: friends.data.items,
        requests: requests.data?.items ?? [],
        teams: ours.flatMap((project, index) => (teams[index] ? [{ project, team: teams[index].items }] : [])),
      }),
    [status.data, peers.data, friends.data, requests.data, ours, teams],
  )
  const refetch = () => Promise.all([peers.refetch(), friends.refetch(), status.refetch()])
  return { data, error: peers.error ?? friends.error ?? status.error, refetch }
}

function Count({ list }: { list: readonly Known[] }) {
  const linked = list.filter(({ link }) => link !== 'away').length
  const friends = list.filter(({ friend }) => friend).length
  return (
    <Text span inherit>
      {`${linked} connected · ${friends} ${friends === 1 ? 'friend' : 'friends'}`}
    </Text>
  )
}
