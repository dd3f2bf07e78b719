import { didOf } from '../../authority/may.ts'
import { AgoraError } from '../../base/errors.ts'
import { saying } from '../../contract/entry.ts'
import type { Askings, CallContext, Handlers } from '../../core/dispatch.ts'
import { listPage } from '../../core/list-page.ts'
import type { OperationName, Parsed } from '../../operations.ts'
import { projectAskings } from './askings.ts'
import { oversight } from './oversight.ts'
import type { ProjectParts } from './parts.ts'
import { recovery } from './recover.ts'
import type { Project } from './schema.ts'
import { timeHandlers } from './time-handlers.ts'
import { projectViews } from './views.ts'

export type ProjectOperation = Exclude<
  Extract<OperationName, `projects.${string}`>,
  'projects.verify' | 'projects.export' | 'projects.metrics'
>

export interface ProjectCalls {
  handlers: Pick<Handlers, ProjectOperation>
  askings: Pick<Askings, Extract<ProjectOperation, keyof Askings>>
}

/** What can be asked of projects as a whole. */
export function createProjectCalls(parts: ProjectParts): ProjectCalls {
  const { spaces, projects } = parts
  const view = projectViews(parts)

  const archive =
    (archived: boolean) =>
    async ({ project_id }: { project_id: string }, { actor }: CallContext) => {
      if (projects.standing(project_id).archived !== archived) {
        await projects.append(project_id, { author: didOf(actor), type: 'project.archive', facts: { archived } })
      }
      return view.detail(project_id, { did: didOf(actor) })
    }

  function listed({ all, limit, cursor }: Parsed<'projects.list'>, actor: CallContext['actor']) {
    const did = didOf(actor)
    const items = projects
      .list()
      .map((info) => view.project(info, { did }))
      .map((one) => (actor.kind === 'operator' || (one.role && !one.suspended) ? one : outside(one)))
      .filter((one) => all || (!one.archived && (one.status === 'member' || one.status === 'joining')))
      .sort((a, b) => (a.updated_at < b.updated_at ? 1 : a.updated_at > b.updated_at ? -1 : a.id < b.id ? -1 : 1))
    return listPage(items, { limit, cursor })
  }

  return {
    askings: projectAskings(parts, view),
    handlers: {
      'projects.list': (input, { actor }) => listed(input, actor),

      'projects.create': async ({ name, description, repo }, { actor }) => {
        const author = didOf(actor)
        const owner = parts.owner()
        const { id } = await spaces.create('project', {
          author,
          facts: {
            name,
            ...(repo === undefined ? {} : { repo }),
            ...(owner === undefined ? {} : { owner_key: owner }),
          },
          ...saying({ description }),
        })
        return view.detail(id, { did: author })
      },

      'projects.show': ({ project_id }, { actor }) => view.detail(project_id, { did: didOf(actor) }),

      'projects.update': async ({ project_id, name, description, repo }, { actor }) => {
        const facts = { ...(name === undefined ? {} : { name }), ...(repo === undefined ? {} : { repo }) }
        if (Object.keys(facts).length > 0 || description !== undefined) {
          await projects.append(project_id, {
            author: didOf(actor),
            type: 'project.update',
            facts,
            ...(description === undefined ? {} : { texts: { description } }),
          })
        }
        return view.detail(project_id, { did: didOf(actor) })
      },

      'projects.archive': archive(true),
      'projects.restore': archive(false),
      'projects.team': ({ project_id }) => ({ items: view.team(project_id) }),

      'projects.leave': async ({ project_id, agent }, { actor }) => {
        const author = didOf(actor)
        const who =
          actor.kind === 'agent' ? author : agent === undefined ? author : parts.directory.resolve(agent, 'agent')
        if (actor.kind === 'agent' && agent !== undefined && parts.directory.resolve(agent, 'agent') !== author) {
          throw new AgoraError('not_permitted', 'agent: an agent leaves by itself, and for nobody else.', {
            field: 'agent',
          })
        }
        const info = spaces.info(project_id)
        // Nobody of the node is in it yet: not to join after all is its operator's to say, as joining was.
        if (info?.status === 'joining' && who === parts.self.did)
          await parts.database.write(() => spaces.leaveWithin(project_id))
        else {
          const facts = who === parts.self.did ? {} : { agent: who }
          await projects.append(project_id, { author, type: 'project.leave', facts })
        }
        return { left: parts.directory.nameOf(who), project_id }
      },

      'projects.stage': ({ project_id }) => view.stage(project_id),

      ...timeHandlers(parts, view),
      ...oversight(parts, view),
      ...recovery(parts, view),
    },
  }
}

/** For an agent that may not read it now: that it is there, and no words of those who can. */
function outside({ description: _, repo: __, ...project }: Project): Project {
  return project
}
