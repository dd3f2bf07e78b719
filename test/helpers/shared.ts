import type { TestNetwork, TestNode } from './network.ts'

/** Both give each other trust 2. */
export async function trustEachOther<Names extends string>(
  net: TestNetwork<Names>,
  ...names: NoInfer<Names>[]
): Promise<void> {
  for (const one of names)
    for (const other of names)
      if (one !== other)
        await net.node[one].call('friends.add', { did: net.node[other].did, name: other, trust_level: 2 })
  await net.settle()
}

/** A project of `owner`, in which the others are by invitation; answers its id. */
export async function sharedProject<Names extends string>(
  net: TestNetwork<Names>,
  owner: NoInfer<Names>,
  members: Partial<
    Record<NoInfer<Names>, 'overseer' | 'developer' | 'reviewer' | 'tester' | 'consultant' | 'observer'>
  >,
  name = 'our feature',
): Promise<string> {
  const { id } = await net.node[owner].call('projects.create', { name })
  for (const [member, role] of Object.entries(members) as [NoInfer<Names>, 'developer'][])
    await joined(net, id, owner, member, role)
  return id
}

export async function joined<Names extends string>(
  net: TestNetwork<Names>,
  project_id: string,
  owner: NoInfer<Names>,
  member: NoInfer<Names>,
  role: 'overseer' | 'developer' | 'reviewer' | 'tester' | 'consultant' | 'observer' = 'developer',
): Promise<void> {
  await net.node[owner].call('invitations.send', { project_id, peer_name: net.node[member].did, role })
  await net.settle()
  const asked = (await net.node[member].call('invitations.list', { direction: 'in' })).items
  const invitation = asked.find((one) => one.project_id === project_id)
  if (!invitation) throw new Error(`${member} was not invited: ${JSON.stringify(asked)}`)
  await net.node[member].call('invitations.accept', { id: invitation.id })
  await net.settle()
}

/** The texts of what lies unread in an inbox, oldest first. */
export const inbox = async (node: TestNode, agent?: string): Promise<string[]> =>
  (await node.call('messages.read', {}, agent)).items.map(({ body }) => body)
