import { AgoraError } from '../../base/errors.ts'
import type { Output } from '../../operations.ts'
import { inQuotes } from '../frame.ts'
import type { ToolContext } from '../tool.ts'

export type Project = Output<'projects.list'>['items'][number]

const LOOKED_AT = 100
const NAMED = 10

const named = (items: readonly Project[]): string =>
  items
    .slice(0, NAMED)
    .map(({ id, name }) => `${id.slice(0, 8)} ${inQuotes(name)}`)
    .join('; ')

/**
 * The project that is meant: the one named, by the beginning of its id or by its name, or the only one there is.
 * @throws AgoraError that names those there are.
 */
export async function projectOf(call: ToolContext['call'], given: string | undefined): Promise<string> {
  const { items } = await call('projects.list', { limit: LOOKED_AT })
  const open = items.filter(({ status }) => status === 'member')
  const meant = given === undefined ? open : items.filter(({ id, name }) => id === given || name === given)
  const [one] = meant
  if (one && meant.length === 1) return one.id
  // The beginning of an id.
  const [begun] = given === undefined ? [] : items.filter(({ id }) => given.length >= 4 && id.startsWith(given))
  if (given !== undefined && meant.length === 0 && (begun || items.length === LOOKED_AT)) return given
  if (given !== undefined && meant.length === 0 && items.length > 0) {
    throw new AgoraError('not_found', `project: there is no project ${inQuotes(given)}.`, {
      field: 'project',
      hint: `There are: ${named(items)}`,
    })
  }
  throw new AgoraError(
    meant.length === 0 ? 'not_found' : 'ambiguous_name',
    meant.length === 0 ? 'You are in no project.' : 'project: say which one.',
    {
      field: 'project',
      hint: meant.length === 0 ? 'agora_create_project begins one.' : named(meant),
    },
  )
}
