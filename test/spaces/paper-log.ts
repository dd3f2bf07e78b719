import { randomUUID } from 'node:crypto'
import { nodeOf } from '../../src/base/did.ts'
import type { Verdict } from '../../src/contract/verdict.ts'
import type { Placed } from '../../src/log/types.ts'
import { judgeOnward, type ProjectJudgement } from '../../src/spaces/judge.ts'
import { isAuthorityType } from '../../src/spaces/project-facts.ts'
import { handLog } from '../helpers/hand-log.ts'
import { newKey } from '../helpers/remote.ts'

function paperLog() {
  const log = handLog(isAuthorityType)
  return {
    ...log,
    judge: (previous?: ProjectJudgement) => judgeOnward(log.view.authority(), log.view, previous),
  }
}

/** A project on paper with people in it, each with what it has seen. */
export function paperProject() {
  const log = paperLog()
  const dids = new Map<string, string>()
  const seen = new Map<string, Placed[]>()
  const did = (name: string): string => {
    const [agent, node] = name.includes('@') ? name.split('@') : [undefined, name]
    const known = dids.get(node ?? '') ?? newKey().did
    dids.set(node ?? '', known)
    return agent === undefined ? known : `${known}#${agent}`
  }
  const sight = (name: string) => seen.get(nodeOf(did(name))) ?? []

  const project = {
    log,
    did,
    /** Writes behind all that the author's node has seen. */
    write(name: string, type: string, body: Record<string, unknown> = {}): Placed {
      const entry = log.write(did(name), type, body, sight(name))
      seen.set(entry.node, [entry])
      return entry
    },
    /** Writes behind these alone, as if nothing else had been seen; a fork where its node wrote on since. */
    pretend(
      name: string,
      type: string,
      body: Record<string, unknown>,
      behind: readonly Placed[],
      prev?: Placed | null,
    ) {
      return log.write(did(name), type, body, behind, prev)
    },
    /** Lets a node see what is given, or all that others have seen. */
    sees(name: string, ...what: (Placed | string)[]) {
      const more = what.flatMap((one) => (typeof one === 'string' ? sight(one) : [one]))
      seen.set(nodeOf(did(name)), [...sight(name), ...more])
    },
    allSee(...names: string[]) {
      for (const name of names) project.sees(name, ...names)
    },
    invite(by: string, name: string, role: string) {
      const id = randomUUID()
      const invite = project.write(by, 'project.invite', {
        ...{ id, to: did(name), role, expires_at: '2030-01-01T00:00:00.000Z' },
      })
      project.sees(name, invite)
      const accept = project.write(name, 'project.accept', { invitation: id })
      project.sees(by, accept)
      return { id, invite, accept }
    },
    verdict(entry: Placed): Verdict['state'] {
      const judgement = log.judge()
      if (isAuthorityType(entry.type)) return judgement.verdicts.get(entry.id)?.state ?? 'refused'
      return judgement.content(entry, ['task.create']).state
    },
    judgement: () => log.judge(),
    role: (name: string) => log.judge().standing().roleOf(did(name)),
  }
  return project
}

/** A project of alice with these in it, everybody having seen everything. */
export function begun(people: Record<string, string>) {
  const project = paperProject()
  const create = project.write('alice', 'project.create', { name: 'p' })
  for (const [name, role] of Object.entries(people)) project.invite('alice', name, role)
  project.allSee('alice', ...Object.keys(people))
  return { ...project, create }
}
