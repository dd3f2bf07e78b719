import { type Context, createContext } from '../context.ts'
import { openDashboard } from '../dashboard.ts'
import { readInputs } from '../inputs.ts'
import { shownName } from '../text.ts'
import { agentNames, cast } from './cast.ts'
import type { DemoFolder } from './folder.ts'
import type { DemoNode } from './nodes.ts'
import type { World } from './world.ts'

export interface Stage {
  folder: DemoFolder
  nodes: readonly DemoNode[]
  world: World
  passphrase: string
}

/** Opens the dashboard of the first node, and tells a newcomer what there is to know: who is there, where to look, and how it ends. */
export async function welcome(context: Context, { folder, nodes, world, passphrase }: Stage): Promise<void> {
  const { io, inputs, pairs, style } = context
  const [first = ''] = nodes.map(({ name }) => name)
  const env = { ...io.env, AGORA_HOME: folder.homes, AGORA_NAME: first }
  const atFirst = createContext({ ...io, env }, readInputs([], [], {}))
  const { said, ...dashboard } = await openDashboard(atFirst, inputs.given['open'] !== false)
  const shown = {
    folder: folder.dir,
    homes: folder.homes,
    project_id: world.project,
    repository: world.repository?.dir,
    nodes: nodes.map(({ name, url }, place) => ({ name, api_url: url, agents: agentsOf(place) })),
    dashboard,
  }
  const [, second = first, third = second] = nodes.map(({ name }) => name)
  const homes = /^[\w./-]+$/.test(folder.homes) ? folder.homes : shownName(folder.homes)
  await context.answer(shown, () =>
    [
      `\n${style.bold('Three nodes, five scripted agents, one project.')}\n`,
      pairs(shown.nodes.map(({ name, api_url, agents }) => [name, `${api_url}   ${agents.join(', ')}`] as const)),
      said,
      `In another terminal:\n\n${lines([
        [`export AGORA_HOME=${homes}`, ''],
        [`agora --name ${second} dashboard`, `how it looks from there; or ${third}, or ${first} again`],
        [`agora --name ${first} project board`, `the same by commands`],
      ])}`,
      pairs([
        ...(shown.repository === undefined ? [] : [['Repository', shown.repository] as const]),
        ['Owner’s passphrase', passphrase],
      ]),
      style.bold('Ctrl-C ends it and removes everything.\n'),
    ].join('\n'),
  )
}

const lines = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([command, about]) => (about === '' ? 0 : command.length)))
  return rows
    .map(([command, about]) => `  ${about === '' ? command : `${command.padEnd(width)}   ${about}`}\n`)
    .join('')
}

const agentsOf = (place: number): string[] => agentNames.filter((name) => cast[name].seat === place)
