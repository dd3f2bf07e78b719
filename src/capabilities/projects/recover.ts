import { AgoraError } from '../../base/errors.ts'
import { SpaceId } from '../../contract/entry.ts'
import type { Handlers } from '../../core/dispatch.ts'
import type { ProjectParts } from './parts.ts'
import type { ProjectViews } from './views.ts'

/** How a lost machine is survived: another node of the same owner takes its projects over. */
export function recovery(parts: ProjectParts, view: ProjectViews): Pick<Handlers, 'projects.recover'> {
  const { book, database, self, spaces, projects, network, synchronise, signHandOver } = parts

  /** The whole id, and its log here as far as members that are connected have it. */
  async function fetched(id: string): Promise<string> {
    const isKnown = spaces.list('project').some((one) => one.id.startsWith(id))
    const project = isKnown ? spaces.resolve(id, 'id', 'project') : id
    if (!SpaceId.safeParse(project).success) {
      throw new AgoraError('not_found', `id: this node knows no project ${JSON.stringify(id)}.`, {
        field: 'id',
        hint: 'Give the whole id, as `agora project show` prints it on another member’s node.',
      })
    }
    if (!isKnown || !projects.isHere(project)) {
      // Whoever is asked learns that there is such a project: friends, and no others.
      const members = network.peers().flatMap(({ did }) => (book.trust(did) > 0 ? [did] : []))
      await database.write(() => spaces.joinWithin(project, { kind: 'project', entries: [], members }))
    }
    await synchronise(project)
    if (projects.isHere(project)) return project
    await database.write(() => spaces.leaveWithin(project))
    throw new AgoraError('not_found', 'No connected peer gave this node the project’s log.', {
      field: 'id',
      hint: 'Connect to one of its members that is a friend, and knows a node of the same owner as a friend.',
    })
  }

  return {
    'projects.recover': async ({ id, passphrase }) => {
      const project = await fetched(id)
      const proof = await signHandOver(passphrase, project)
      const { owner, ownerKey } = projects.standing(project)
      if (ownerKey !== proof.owner)
        throw new AgoraError('not_permitted', 'id: no node of this owner began that project.', { field: 'id' })
      if (owner === self.did)
        throw new AgoraError('already_exists', 'id: this node owns that project already.', { field: 'id' })
      const facts = { to: self.did, owner_proof: proof }
      await projects.append(project, { author: self.did, type: 'project.transfer', facts })
      return view.detail(project, { did: self.did })
    },
  }
}
