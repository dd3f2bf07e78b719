import { useRead } from '../../app/api.ts'

/** Who can be written to, as this node names them: friends, agents, and who is connected. Each once. */
export function useAddressees(): string[] {
  const { data: friends } = useRead('friends.list', {})
  const { data: agents } = useRead('agents.known', { limit: 200 })
  const { data: peers } = useRead('node.peers', {})
  const names = [friends, agents, peers].flatMap((page) => (page?.items ?? []).map(({ name }) => name))
  return [...new Set(names)]
}
