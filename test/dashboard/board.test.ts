import ava, { type ExecutionContext } from 'ava'
import type { Locator, Page } from 'playwright-core'
import { axe, lookAt, type Stage, shot, stage, test } from '../helpers/browser.ts'
import { hostileBodies, hostileLines, MARK, staysText } from '../helpers/hostile-texts.ts'
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
const card = (page: Page, status: string, title: string) =>
  column(page, status).locator('[data-task]').filter({ hasText: title })

/** Resolves when something was said to whoever does not see the page. */
const heard = (page: Page, text: RegExp) =>
  page.getByRole('status').filter({ hasText: text }).first().waitFor({ state: 'attached' })
const focused = (page: Page, title: string) =>
  page.waitForFunction((text) => document.activeElement?.textContent === text, title)

async function choose(page: Page, where: Locator, field: string, option: string): Promise<void> {
  await where
    .getByRole('combobox', { name: field })
    .or(where.getByRole('textbox', { name: field }))
    .first()
    .click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

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
  t.deepEqual(await axe(page), [])
})

test('a task is moved by keyboard, and a screen reader is told', async (t) => {
  const { id } = await make(world.alice, 'Print errors')
  const page = await board(t)
  await card(page, 'todo', 'Print errors').focus()
  await page.keyboard.press('Space')
  await heard(page, /Picked up "Print errors" from To do/)
  await page.keyboard.press('ArrowRight')
  await heard(page, /"Print errors" is over In progress/)
  await page.keyboard.press('ArrowRight')
  await heard(page, /"Print errors" is over Blocked/)
  t.deepEqual(await axe(page), [])
  await shot(page, 'board-held')
  await page.keyboard.press('Escape')
  await heard(page, /"Print errors" is put back/)
  await focused(page, 'Print errors')
  t.is((await world.alice.client.call('tasks.show', { project_id, task_id: id })).status, 'todo')

  await page.keyboard.press('Space')
  await heard(page, /Picked up "Print errors" from To do/)
  await page.keyboard.press('ArrowRight')
  await heard(page, /"Print errors" is over In progress/)
  await page.keyboard.press('Space')
  await card(page, 'in_progress', 'Print errors').waitFor()
  await heard(page, /"Print errors" is in In progress now/)
  await focused(page, 'Print errors')
  t.is((await told(world.bob, id, ({ status }) => status === 'in_progress')).status, 'in_progress')
})

test('no key of a move is too early, however slow the browser', async (t) => {
  const { id } = await make(world.alice, 'Recover')
  const page = await board(t)
  await card(page, 'todo', 'Recover').focus()
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 20 })
  const keys = ['Space', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'Space']
  // None waits for what the one before it did.
  await Promise.all(keys.flatMap((key) => [page.keyboard.down(key), page.keyboard.up(key)]))
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await card(page, 'blocked', 'Recover').waitFor()
  await focused(page, 'Recover')
  t.is((await told(world.bob, id, ({ status }) => status === 'blocked')).status, 'blocked')
})

test('what happens at another node is shown as it happens: a new task, a claim, its time, and its end', async (t) => {
  const page = await board(t)
  const { id } = await make(world.bob, 'Name tokens', { priority: 'high', labels: ['lexer'], assignee: 'me' })
  await card(page, 'todo', 'Name tokens').waitFor()
  const shown = page.getByRole('listitem').filter({ hasText: 'Name tokens' })
  for (const text of ['High', 'lexer', 'bob']) await shown.getByText(text, { exact: true }).waitFor()
  await world.bob.client.call('tasks.claim', { project_id, task_id: id })
  await shown.getByText('claimed by').waitFor({ state: 'attached' })
  const left = () => shown.getByRole('time').textContent()
  const first = await left()
  t.regex(first ?? '', /^\d+:\d\d$/)
  await page.waitForFunction(
    (before) => document.querySelector('[data-column="in_progress"] time')?.textContent !== before,
    first,
  )
  await world.bob.client.call('tasks.complete', { project_id, task_id: id })
  await card(page, 'done', 'Name tokens').waitFor()
})

test('a move that is refused goes back, and says why', async (t) => {
  const { id } = await make(world.alice, 'Sign releases')
  await told(world.bob, id, () => true)
  await world.alice.client.call('projects.set_stage', { project_id, stage: 'review' })
  await eventually(world.bob, async () => {
    const { stage } = await world.bob.client.call('projects.show', { project_id })
    return stage === 'review' || undefined
  })
  const page = await board(t, world.bob)
  await drag(page, 'todo', 'Sign releases', 'done')
  const why = page.getByRole('alert').filter({ hasText: 'stays as it was' })
  await why.getByText(/review/i).waitFor()
  await why.getByText('Sign releases').waitFor()
  await card(page, 'todo', 'Sign releases').waitFor()
  t.is((await world.bob.client.call('tasks.show', { project_id, task_id: id })).status, 'todo')
  await shot(page, 'board-refused')
  await world.alice.client.call('projects.set_stage', { project_id, stage: 'implementation' })
})

test('what waits for what is seen, gone to, drawn, and asked about before it is passed over', async (t) => {
  const { alice } = world
  const first = await make(alice, 'Grammar')
  const second = await make(alice, 'Parse', { depends_on: [first.id] })
  await make(alice, 'Format', { depends_on: [second.id] })
  const page = await board(t)
  await column(page, 'blocked').getByRole('button', { name: 'waits for Grammar' }).click()
  await focused(page, 'Grammar')
  await column(page, 'todo').getByRole('button', { name: 'unblocks Parse' }).click()
  await focused(page, 'Parse')

  await drag(page, 'blocked', 'Parse', 'in_progress')
  const question = page.getByRole('dialog', { name: 'Go ahead before what it waits for is done?' })
  await question.getByText('Grammar').waitFor()
  await question.getByRole('button', { name: 'Cancel' }).click()
  t.is((await alice.client.call('tasks.show', { project_id, task_id: second.id })).status, 'blocked')
  await drag(page, 'blocked', 'Parse', 'todo')
  await page.getByText(/is to do by itself once that is done/).waitFor()
  await card(page, 'blocked', 'Parse').waitFor()

  await card(page, 'blocked', 'Parse').click()
  const drawer = page.getByRole('dialog', { name: /Task/ })
  await drawer.getByRole('list', { name: 'Waits for' }).getByText('Grammar').waitFor()
  await drawer.getByRole('list', { name: 'Unblocks' }).getByText('Format').waitFor()
  await drawer.getByRole('tab', { name: 'Chain' }).click()
  const chain = drawer.getByRole('region', { name: 'Chain of dependencies' })
  t.deepEqual(
    await chain
      .getByRole('button')
      .allInnerTexts()
      .then((texts) => texts.map((text) => text.split('\n')[0])),
    ['Grammar', 'Parse', 'Format'],
  )
  t.deepEqual(await axe(page), [])
  await chain.getByRole('button', { name: 'Grammar' }).click()
  await drawer.getByRole('heading', { name: 'Grammar' }).waitFor()
  await drawer.getByRole('button', { name: 'Complete' }).click()
  await page.getByRole('dialog', { name: 'Complete this task?' }).getByRole('button', { name: 'Complete' }).click()
  await page.getByText('Ready now').waitFor()
  await page.keyboard.press('Escape')
  await card(page, 'todo', 'Parse').waitFor()
})

test('a task is made in a line, and everything about it changed beside the board', async (t) => {
  await make(world.alice, 'Outline')
  const page = await board(t)
  await page.getByRole('textbox', { name: 'New task' }).fill('Write the manual')
  await page.keyboard.press('Enter')
  await card(page, 'todo', 'Write the manual').waitFor()
  const task = await eventually(world.bob, async () => {
    const { items } = await world.bob.client.call('tasks.list', { project_id, query: 'manual' })
    return items[0]
  })
  const now = () => world.alice.client.call('tasks.show', { project_id, task_id: task.id })
  await card(page, 'todo', 'Write the manual').click()
  const drawer = page.getByRole('dialog', { name: /Task/ })

  await drawer.getByRole('button', { name: 'Edit' }).click()
  await drawer.getByRole('textbox', { name: 'Title' }).fill('Write the handbook')
  await drawer.getByRole('textbox', { name: 'Description' }).fill('For *people*.')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await drawer.getByRole('heading', { name: 'Write the handbook' }).waitFor()
  await drawer.getByText('people', { exact: true }).waitFor()

  await choose(page, drawer, 'Priority', 'Critical')
  await choose(page, drawer, 'Assignee', 'alice')
  await drawer.getByLabel('Labels').first().fill('docs')
  await page.keyboard.press('Enter')
  await choose(page, drawer, 'Add a task that it waits for', 'Outline')
  await eventually(world.alice, async () => {
    const { title, priority, assignee, labels, depends_on, description } = await now()
    const all = { title, priority, assignee: assignee?.name, labels, depends: depends_on.length, description }
    const wanted = { title: 'Write the handbook', priority: 'critical', assignee: 'alice', labels: ['docs'] }
    return JSON.stringify(all) === JSON.stringify({ ...wanted, depends: 1, description: 'For *people*.' }) || undefined
  })
  await drawer.getByRole('button', { name: 'Wait for "Outline" no more' }).click()
  await drawer.getByText('It waits for nothing.').waitFor()

  await drawer.getByRole('textbox', { name: 'Comment' }).fill('Who **reads** it?')
  await drawer.getByRole('button', { name: 'Comment', exact: true }).click()
  await drawer.getByRole('list', { name: 'Comments' }).getByText('reads').waitFor()
  await world.bob.client.call('tasks.comment', { project_id, task_id: task.id, text: 'Everybody.' })
  await drawer.getByRole('list', { name: 'Comments' }).getByText('Everybody.').waitFor()

  await drawer.getByRole('button', { name: 'Claim' }).click()
  await drawer.getByText('Claimed by').waitFor()
  await lookAt(t, page, 'task')
  await drawer.getByRole('button', { name: 'Release' }).click()
  await drawer.getByText('Claimed by').waitFor({ state: 'detached' })
  await drawer.getByRole('button', { name: 'Complete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Complete this task?' })
  await dialog.getByRole('textbox', { name: 'What came of it' }).fill('40 pages')
  await dialog.getByRole('button', { name: 'Complete' }).click()
  await drawer.getByText('40 pages').first().waitFor()
  await drawer.getByRole('button', { name: 'Send back' }).click()
  await page.getByRole('dialog', { name: 'Send it back?' }).getByRole('button', { name: 'Send back' }).click()
  await drawer.getByRole('button', { name: 'Complete' }).waitFor()
  await drawer.getByRole('tab', { name: 'History' }).click()
  await drawer.getByRole('list', { name: 'History' }).getByText('made the task').waitFor()
  await drawer.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete this task?' }).getByRole('button', { name: 'Delete the task' }).click()
  await card(page, 'todo', 'Write the handbook').waitFor({ state: 'detached' })
  t.not((await now()).deleted, undefined)
})

test('hostile words stay words', async (t) => {
  const { bob } = world
  const labels = hostileLines.map((line) => line.replaceAll(',', '').slice(0, 60)).filter((line) => line.includes(MARK))
  const tasks: string[] = []
  for (const [index, line] of hostileLines.entries())
    tasks.push(
      (
        await make(bob, line, {
          labels,
          depends_on: tasks.slice(0, 2),
          description: hostileBodies.join('\n\n'),
          priority: index % 2 ? 'high' : 'low',
        })
      ).id,
    )
  const [task_id = ''] = tasks
  for (const text of hostileBodies) await bob.client.call('tasks.comment', { project_id, task_id, text })
  await bob.client.call('tasks.comment', { project_id, task_id, text: 'the last of all' })
  const page = await board(t, world.alice, `?q=${MARK}`)
  await page.waitForFunction(() => document.querySelectorAll('[data-task]').length >= 6)
  await staysText(t, page)
  await page.evaluate((id) => {
    location.hash = `${location.hash}&task=${id}`
  }, task_id)
  const drawer = page.getByRole('dialog', { name: /Task/ })
  await drawer.getByText('the last of all').waitFor()
  await staysText(t, page)
  for (const tab of ['Chain', 'History']) {
    await drawer.getByRole('tab', { name: tab }).click()
    await drawer.getByRole('tabpanel', { name: tab }).getByText(MARK).first().waitFor()
    await staysText(t, page)
  }
  await drawer.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog', { name: 'Delete this task?' }).waitFor()
  await staysText(t, page)
})

test('of a thousand tasks only those are drawn that are seen, and one that changes is asked for alone', async (t) => {
  const { client } = world.alice
  const { id } = await client.call('projects.create', { name: 'Large' })
  const titles = Array.from({ length: 1000 }, (_, n) => `Step ${n + 1}`)
  const left = titles.values()
  const write = async () => {
    for (const title of left) await client.call('tasks.create', { project_id: id, title })
  }
  await Promise.all(Array.from({ length: 16 }, write))
  const page = await world.open(t, world.alice, `/projects/${id}/board`)
  await page.locator('[class*="board"][data-ready]').waitFor()
  const todo = column(page, 'todo')
  await page.getByRole('region', { name: 'To do' }).getByText('1,000').waitFor()
  t.true((await todo.getByRole('listitem').count()) < 60)
  const all = await todo.locator('[aria-setsize="1000"]').first().getAttribute('aria-posinset')
  t.is(all, '1')
  await todo.locator('[data-task]').first().focus()
  await page.keyboard.press('End')
  await page.waitForFunction(() => document.activeElement?.closest('li')?.ariaPosInSet === '1000')
  t.true((await todo.getByRole('listitem').count()) < 60)

  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname + new URL(request.url()).search))
  const { items } = await client.call('tasks.list', { project_id: id, query: 'Step 500', limit: 1 })
  const task_id = items[0]?.id ?? ''
  await client.call('tasks.update', { project_id: id, task_id, status: 'in_progress' })
  await card(page, 'in_progress', 'Step 500').waitFor()
  t.true(asked.some((path) => path.endsWith(`/tasks/${task_id}`)))
  t.deepEqual(
    asked.filter((path) => /\/tasks(\?|$)/.test(path)),
    [],
  )
})

test('the board is filtered, and looks as it should', async (t) => {
  await make(world.alice, 'Count lexemes', { labels: ['words'], priority: 'high', assignee: 'bob' })
  await make(world.alice, 'Print lexemes')
  await make(world.alice, 'Write a changelog', { priority: 'low' })
  const page = await board(t)
  await page.getByRole('searchbox', { name: 'Filter by text' }).fill('lexemes')
  await card(page, 'todo', 'Write a changelog').waitFor({ state: 'detached' })
  for (const title of ['Count lexemes', 'Print lexemes']) await card(page, 'todo', title).waitFor()
  await choose(page, page.locator('body'), 'Filter by label', 'words')
  await card(page, 'todo', 'Print lexemes').waitFor({ state: 'detached' })
  await card(page, 'todo', 'Count lexemes').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await page.getByRole('searchbox', { name: 'Filter by text' }).fill('')
  await choose(page, page.locator('body'), 'Filter by priority', 'Low')
  await card(page, 'todo', 'Write a changelog').waitFor()
  await card(page, 'todo', 'Count lexemes').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Show all' }).click()
  await card(page, 'todo', 'Count lexemes').waitFor()
  await lookAt(t, page, 'board')
})
