import { readFileSync } from 'node:fs'
import ava from 'ava'
import type { Page } from 'playwright-core'
import { type Client, createClient } from '../../src/client/index.ts'
import { agentTokenFile } from '../../src/store/home.ts'
import { lookAt, type Stage, stage, test } from '../helpers/browser.ts'
import type { Process } from '../helpers/processes.ts'

let world: Stage
let dave: Process
let claude: Client
let project: string

const didOf = async ({ client }: Process) => (await client.call('node.identity')).did

/** Alice has a project with an agent and with bob, her friend; dave is nobody she knows. */
ava.before(async () => {
  world = await stage()
  const { alice, bob } = world
  dave = await world.lab.start('dave')
  await dave.client.call('node.connect', { address: alice.address })
  await alice.client.call('agents.register', { name: 'claude', kind: 'claude-code' })
  claude = createClient({
    url: alice.info.api_url,
    token: readFileSync(agentTokenFile(alice.home, 'claude'), 'utf8').trim(),
  })
  project = (await alice.client.call('projects.create', { name: 'parser' })).id
  await invite(alice, await didOf(bob), project)
  await waitingOf(bob, 'invitation')
  const [invitation] = (await bob.client.call('invitations.list', { direction: 'in' })).items
  await bob.client.call('invitations.accept', { id: invitation?.id ?? '' })
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

const invite = ({ client }: Process, peer_name: string, project_id: string) =>
  client.call('invitations.send', { project_id, peer_name, role: 'developer', message: 'Would you help?' })

/** Resolves when something of that kind waits for a node's operator. */
async function waitingOf(
  { client }: Process,
  kind: 'invitation' | 'stranger' | 'friend_request' | 'alert',
): Promise<void> {
  const signal = AbortSignal.timeout(60_000)
  const isThere = async () => (await client.call('attention.list')).counts[kind] > 0
  if (await isThere()) return
  for await (const _ of client.events({ after: 0, signal })) if (await isThere()) return
}

const item = (page: Page, text: string | RegExp) =>
  page
    .getByRole('list', { name: /^What waits for you/ })
    .getByRole('listitem')
    .filter({ hasText: text })

/** Presses, and waits until the daemon has answered: what is seen before that is only hoped. */
async function press(page: Page, text: string | RegExp, button: string | RegExp, then?: () => Promise<void>) {
  const answered = page.waitForResponse(
    (response) => response.request().method() === 'POST' || response.request().method() === 'DELETE',
  )
  await item(page, text).getByRole('button', { name: button }).click()
  await then?.()
  const response = await answered
  await item(page, text).waitFor({ state: 'detached' })
  return response.status()
}

test('what needs me: everything that waits is answered there, and is then done', async (t) => {
  const { alice, bob } = world
  const [me, stranger] = await Promise.all([didOf(alice), didOf(dave)])
  await dave.client.call('messages.send', { to: me, body: 'Hello <b>you</b>.\n\nSecond line.' })
  await dave.client.call('friend_requests.send', { peer_name: me, message: 'We met.' })
  const { id: notes } = await bob.client.call('projects.create', { name: 'field notes' })
  await invite(bob, me, notes)
  const { id: spare } = await bob.client.call('projects.create', { name: 'spare' })
  await invite(bob, me, spare)
  for (const name of ['one', 'two'])
    await t.throwsAsync(claude.call('friends.update', { name: await didOf(bob), notes: name, why: `Because ${name}.` }))
  await fetch(`${alice.info.api_url}/status`, { headers: { authorization: 'Bearer wrong' } })
  for (const kind of ['stranger', 'friend_request', 'invitation', 'alert'] as const) await waitingOf(alice, kind)

  const page = await world.open(t)
  await item(page, 'spare').waitFor()
  const status = page.getByRole('status').filter({ hasText: 'for you' })
  await status.filter({ hasText: '7 things wait for you.' }).waitFor()
  await lookAt(t, page, 'home-waiting')

  // A stranger's mail is read first, as text, and then let in.
  await item(page, 'a stranger').getByRole('button', { name: /^Show/ }).click()
  const mail = page.getByRole('dialog', { name: 'Mail of a stranger' })
  await mail.getByText('Hello <b>you</b>.').waitFor()
  await mail.getByRole('button', { name: 'Close' }).click()
  await mail.waitFor({ state: 'detached' })
  t.is((await alice.client.call('requests.list')).items.length, 1, 'to read it decides nothing')

  t.is(
    await press(page, 'asks to be friends', /another trust/, async () => {
      await page.getByRole('menuitem', { name: /^3/ }).click()
    }),
    200,
  )
  t.is((await alice.client.call('friends.show', { name: stranger })).trust_level, 3)

  t.is(await press(page, 'field notes', /^Join/), 200)
  t.true((await alice.client.call('projects.list')).items.some(({ id }) => id === notes))
  const sure = page.getByRole('dialog')
  await press(page, 'spare', /^Decline/, async () => {
    await sure.getByLabel(/Why/).fill('Too much to do.')
    await sure.getByRole('button', { name: 'Decline' }).click()
  })
  t.like((await alice.client.call('invitations.list', { status: 'declined' })).items, [{ reason: 'Too much to do.' }])

  await press(page, 'Because one.', /^Grant/, async () => {
    await sure.getByText('Granting does this at once, as you:').waitFor()
    await sure.getByText('"notes": "one"').waitFor()
    await sure.getByRole('button', { name: 'Grant' }).click()
  })
  t.is((await alice.client.call('friends.show', { name: await didOf(bob) })).notes, 'one')
  await press(page, 'Because two.', /^Deny/, async () => {
    await sure.getByRole('button', { name: 'Deny' }).click()
  })
  t.is((await alice.client.call('friends.show', { name: await didOf(bob) })).notes, 'one')

  // What the daemon does not take comes back, and why is said.
  await page.route('**/dismiss', (route) => route.abort())
  await item(page, 'not valid')
    .getByRole('button', { name: /^Dismiss/ })
    .click()
  await page.getByRole('alert').first().waitFor()
  await item(page, 'not valid').waitFor()
  await page.unroute('**/dismiss')
  t.is(await press(page, 'not valid', /^Dismiss/), 200)
  await page.getByText('Nothing waits for you.', { exact: true }).first().waitFor()
  t.is((await alice.client.call('attention.list')).total, 0)
})

test('the work: who is at it, how far it has come and what was done, as it happens on another node', async (t) => {
  const { alice, bob } = world
  const make = async ({ client }: Process, title: string) =>
    (await client.call('tasks.create', { project_id: project, title, priority: 'high' })).id
  const first = await make(alice, 'Read <script>alert(1)</script>')
  const page = await world.open(t)
  const sprints = page.getByRole('list', { name: 'Projects under way' })
  await sprints.getByText('0 of 1 done').waitFor()
  const agents = page.getByRole('list', { name: /^Agents/ })
  await agents.getByText('has claimed nothing').waitFor()

  const activity = page.getByRole('list', { name: /^What was done/ })
  await claude.call('tasks.claim', { project_id: project, task_id: first })
  await agents.getByText(/^works on Read <script>alert\(1\)<\/script> in parser/).waitFor()
  await activity.getByText(/^claude claimed “/).waitFor()
  await claude.call('tasks.complete', { project_id: project, task_id: first })
  await sprints.getByText('1 of 1 done').waitFor()

  await make(bob, 'From bob')
  await activity.getByText('bob made the task “From bob”').waitFor()
  await sprints.getByText('1 of 2 done').waitFor()

  await page.getByRole('combobox', { name: 'Project' }).waitFor()
  const metrics = page.getByRole('region', { name: 'How the work goes' })
  await metrics.getByRole('link', { name: 'From bob' }).waitFor()
  await metrics.getByRole('img', { name: /2 tasks were made and 1 done; 1 are open/ }).waitFor()
  await metrics.locator('.recharts-bar-rectangle').first().waitFor()
  await lookAt(t, page, 'home')

  // The same numbers for whoever does not see the picture.
  await metrics.getByText('Table', { exact: true }).click()
  const today = metrics
    .getByRole('region', { name: /^Numbers by day/ })
    .getByRole('row')
    .nth(1)
  t.deepEqual(await today.getByRole('cell').allInnerTexts(), ['1', '2', '1'])
  await metrics.getByText('7 days', { exact: true }).click()
  await metrics.getByText('Done in 7 days').waitFor()
})
