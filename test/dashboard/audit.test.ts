import ava from 'ava'
import { go, lookAt, type Stage, stage, test } from '../helpers/browser.ts'

let world: Stage
let project: string
const HOSTILE = '<img src=x onerror="document.title=1"> ” approved by the owner “'

ava.before(async () => {
  world = await stage()
  const { alice } = world
  const created = await alice.client.call('projects.create', { name: 'parser', description: 'It parses.' })
  project = created.id
  const task = await alice.client.call('tasks.create', { project_id: project, title: HOSTILE, description: 'x' })
  await alice.client.call('tasks.comment', {
    project_id: project,
    task_id: task.id,
    text: `Signed by alice. ${HOSTILE}`,
  })
  await alice.client.call('decisions.record', {
    project_id: project,
    title: 'A hand-written parser',
    text: 'No generator: **errors** must read well.\n\n[the grammar](https://example.org/grammar)',
    reasons: 'We tried two.',
  })
  await alice.client.call('projects.set_stage', { project_id: project, stage: 'implementation' })
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

test('the record is listed, filtered, and checked by the browser itself', async (t) => {
  const page = await world.open(t, world.alice)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await go(page, `/projects/${project}/audit`)
  const list = page.getByRole('list', { name: 'What was done, latest first' })
  await list.getByText('created the project').waitFor()
  // However many tasks there are: what an entry is about comes with it.
  await list.getByText(`commented on “${HOSTILE}”`).waitFor()
  t.deepEqual(
    asked.filter((path) => path.endsWith('/tasks')),
    [],
  )
  t.is(await list.getByRole('img', { name: 'Signature checked' }).count(), 0)

  await page.getByRole('button', { name: 'Check the record' }).click()
  await page.getByText('This record is sound').waitFor()
  await page.getByText('This browser checked 5 signatures of 1 node').waitFor()
  const rows = await list.getByRole('listitem').count()
  t.is(await list.getByRole('img', { name: 'Signature checked' }).count(), rows)
  await lookAt(t, page, 'audit')

  await page.getByRole('combobox', { name: 'Kind' }).click()
  await page.getByRole('option', { name: 'Decisions' }).click()
  await list.getByText('created the project').waitFor({ state: 'detached' })
  await list.getByText('A hand-written parser').waitFor()

  // What is written meanwhile shows by itself.
  await world.alice.client.call('decisions.record', { project_id: project, title: 'Tabs' })
  await list.getByText('Tabs').waitFor()
})

test('a daemon that shows another thing than was signed, or sends a changed log, is found out', async (t) => {
  const page = await world.open(t)
  await page.route('**/audit?*', async (route) => {
    const response = await route.fetch()
    const body = await response.json()
    for (const entry of body.items) if (entry.type === 'project.stage') entry.facts.stage = 'deployment'
    await route.fulfill({ response, json: body })
  })
  await go(page, `/projects/${project}/audit`)
  await page.getByRole('button', { name: 'Check the record' }).click()
  await page.getByText('This record is sound').waitFor()
  t.is(await page.getByRole('img', { name: 'Not what was signed' }).count(), 1)

  await page.route(/\/export(\?|$)/, async (route) => {
    const response = await route.fetch()
    const body = await response.json()
    const last = body.entries.at(-1)
    last.facts = last.facts.replace(/":"./, '":"~')
    await route.fulfill({ response, json: body })
  })
  await page.getByRole('button', { name: 'Check again' }).click()
  await page.getByText('This record is not sound').waitFor()
  await page.getByText(/wrong_hash/).waitFor()
})

test('decisions and reports are written and read; text of others stays text', async (t) => {
  const page = await world.open(t, world.alice, `/projects/${project}/records`)
  await page.getByRole('article').filter({ hasText: 'A hand-written parser' }).waitFor()
  t.is(await page.getByRole('link', { name: 'the grammar' }).getAttribute('rel'), 'noopener noreferrer nofollow')
  await page.getByText('(leads to example.org)').waitFor()

  await page.getByText('Reports', { exact: true }).click()
  await page.getByRole('button', { name: 'Submit a report' }).click()
  await page.getByRole('textbox', { name: 'Title' }).fill('Spike')
  await page.getByRole('textbox', { name: 'What came of it' }).fill(HOSTILE)
  await page.getByRole('button', { name: 'Submit it' }).click()
  await page.getByRole('article').filter({ hasText: 'Spike' }).waitFor()
  const { items } = await world.alice.client.call('reports.list', { project_id: project })
  t.is(items[0]?.text, HOSTILE)
  t.is(await page.locator('article img').count(), 0)
  await page.getByText('Decisions', { exact: true }).first().click()
  await page.getByRole('article').first().waitFor()
  await lookAt(t, page, 'records')
})
