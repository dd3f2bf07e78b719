import { quotedShort } from '../../base/text.ts'
import type { Askings } from '../../core/dispatch.ts'
import { stageMeant } from './oversight.ts'
import type { ProjectParts } from './parts.ts'
import type { ProjectViews } from './views.ts'

type Names =
  | 'projects.archive'
  | 'projects.restore'
  | 'projects.set_stage'
  | 'projects.transfer'
  | 'projects.keeper'
  | 'projects.settings'

/** What agents may ask for, everybody named by DID, and in words for the operator. */
export function projectAskings({ projects }: ProjectParts, view: ProjectViews): Pick<Askings, Names> {
  const called = (id: string) => `the project ${quotedShort(projects.standing(id).name)} (${id.slice(0, 8)})`
  const shown = (did: string) => `${view.who(did).name} (${did})`
  return {
    'projects.archive': ({ project_id }) => ({ input: { project_id }, summary: `archive ${called(project_id)}` }),
    'projects.restore': ({ project_id }) => ({ input: { project_id }, summary: `take up ${called(project_id)} again` }),
    'projects.set_stage': ({ project_id, ...how }) => {
      const stage = stageMeant(how, projects.standing(project_id).stage)
      return { input: { project_id, stage }, summary: `set ${called(project_id)} to the stage ${stage}` }
    },
    'projects.transfer': ({ project_id, to }) => {
      const did = projects.member(project_id, to, 'to')
      return { input: { project_id, to: did }, summary: `hand ${called(project_id)} over to ${shown(did)}` }
    },
    'projects.keeper': ({ project_id, node }) => {
      const did = projects.member(project_id, node, 'node')
      return { input: { project_id, node: did }, summary: `make ${shown(did)} the keeper of ${called(project_id)}` }
    },
    'projects.settings': ({ project_id, ...settings }) => {
      const what = JSON.stringify(settings)
      const summary = `change the settings of ${called(project_id)} to ${what.length > 300 ? `${what.slice(0, 299)}…` : what}`
      return { input: { project_id, ...settings }, summary }
    },
  }
}
