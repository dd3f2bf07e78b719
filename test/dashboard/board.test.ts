import ava, { type ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import { go, lookAt, type Stage, shot, stage, test } from '../helpers/browser.ts'
import type { Daemon } from '../helpers/processes.ts'
import { eventually } from '../helpers/processes.ts'

let world: Stage
/** Alice's project, which bob joined as a developer. */
let project_id: string

ava.before(async () => {
  world = await stage()
  const { alice, bob } = world
  ;({ id: project_id } = await alice.client.call('projects.create', { name: 'Parser' }))
  const invitation = { project_id, peer_name: bob.info.did, role: 'developer' as const }
  const { id } = await alice.client.call('invitations.send', invitation)
  await eventually(bob, async () => (await bob.client.call('invitations.list', {})).items.find((one) => one.id === id))
  await bob.client.call('invitations.accept', { id })
  await eventually(bob, async () => {
    const { items } = await bob.client.call('projects.list', {})
    return items.find((one) => one.id === project_id && one.status === 'member')
  })
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

const make = (node: Daemon, title: string, more: object = {}) =>
  node.client.call('tasks.create', { project_id, title, ...more })

/** Resolves when a node has a task as `fits` says. */
const told = (node: Daemon, task_id: string, fits: (task: { status: string }) => boolean) =>
  eventually(node, async () => {
    const task = await node.client.call('tasks.show', { project_id, task_id }).catch(() => undefined)
    return task && fits(task) ? task : undefined
  })

const board = (t: ExecutionContext, node: Daemon = world.alice, more = '') =>
  world.open(t, node, `/projects/${project_id}/board${more}`)
const column = (page: Page, status: string) => page.locator(`[data-column="${status}"]`)
const card = (page: Page, status: string, title: string) => column(page, status).getByRole('button', { name: title })

/** Carries a card to another column as a hand with a mouse does. */
async function drag(page: Page, from: string, title: string, to: string): Promise<void> {
  await card(page, from, title).waitFor()
  const start = await card(page, from, title).boundingBox()
  const end = await column(page, to).boundingBox()
  if (!start || !end) throw new Error('they are not seen')
  await page.mouse.move(start.x + 30, start.y + 10)
  await page.mouse.down()
  await page.mouse.move(start.x + 45, start.y + 20, { steps: 3 })
  await page.mouse.move(end.x + end.width / 2, end.y + 60, { steps: 6 })
  await page.mouse.up()
}

test('a task that is dragged to another column is moved, at the other node too', async (t) => {
  const { id } = await make(world.alice, 'Read tokens')
  const page = await board(t)
  await drag(page, 'todo', 'Read tokens', 'in_progress')
  await card(page, 'in_progress', 'Read tokens').waitFor()
  t.is((await told(world.bob, id, ({ status }) => status === 'in_progress')).status, 'in_progress')
  await shot(page, 'board-first')
})
