import ava from 'ava'
import { createClient } from '../../src/client/index.ts'
import { go, lookAt, type Stage, stage, test } from '../helpers/browser.ts'

let world: Stage
let project: string
let task: string
const HOSTILE = '<img src=x onerror="document.title=1"> alice approved this'

ava.before(async () => {
  world = await stage()
  const { alice, bob } = world
  await alice.client.call('agents.register', {
    ...{ name: 'claude-1', kind: 'claude-code', model: 'opus', default: true },
    capabilities: { domains: ['css', 'accessibility', '<b>bold</b>'], tools: ['git', 'docker'], languages: ['rust'] },
  })
  await bob.client.call('agents.register', { name: 'codex', kind: 'codex' })
  const { id } = await alice.client.call('projects.create', { name: 'parser' })
  project = id
  const { did } = await bob.client.call('node.identity')
  await alice.client.call('invitations.send', { project_id: project, peer_name: did, role: 'developer' })
  const invitation = await until(async () => (await bob.client.call('invitations.list', {})).items[0])
  await bob.client.call('invitations.accept', { id: invitation.id })
  task = (await alice.client.call('tasks.create', { project_id: project, title: `Parse ${HOSTILE}` })).id
  await until(
    async () => (await bob.client.call('tasks.list', { project_id: project }).catch(() => undefined))?.items[0],
  )
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

/** What a daemon answers once it does. */
async function until<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** The client of codex, with its own token. */
async function codex() {
  const { token } = await world.bob.client.call('agents.token', { name: 'codex' })
  return createClient({ url: world.bob.info.api_url, token })
}

test('agents here and elsewhere are listed, found, and seen at work as it happens', async (t) => {
  const page = await world.open(t, world.alice, '/agents')
  const list = page.getByRole('list', { name: 'Agents' })
  await list.getByText('claude-1').waitFor()
  const there = await codex()
  await there.call('node.status', {})
  await list.getByRole('link', { name: /^codex@bob/ }).waitFor()

  await there.call('projects.clock_in', { project_id: project, focus: HOSTILE })
  await there.call('tasks.claim', { project_id: project, task_id: task })
  const row = list.getByRole('listitem').filter({ hasText: 'codex@bob' })
  await row.getByText(`Parse ${HOSTILE}`).waitFor()
  await row.getByText('in parser').waitFor()
  await lookAt(t, page, 'agents')

  await page.getByRole('combobox', { name: 'Domain' }).fill('css')
  await row.waitFor({ state: 'detached' })
  await list.getByText('claude-1').waitFor()
  await page.getByRole('combobox', { name: 'Tool' }).fill('rustc')
  await page.getByText('No agent fits.').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await row.waitFor()
  await page.getByRole('textbox', { name: /^Find by name/ }).fill('codex')
  await list.getByText('claude-1').waitFor({ state: 'detached' })
})

test('one is looked at closely: what it does and did, what it left, with the packet for the next', async (t) => {
  const page = await world.open(t, world.alice, '/agents')
  await page.getByRole('link', { name: /^codex@bob/ }).press('Enter')
  const drawer = page.getByRole('dialog', { name: 'Agent' })
  await drawer.getByRole('heading', { name: 'codex@bob' }).waitFor()
  await drawer.getByText(`Parse ${HOSTILE}`).waitFor()
  await drawer.getByText('What agents of other nodes can do is not told here yet.').waitFor()
  await lookAt(t, page, 'agent-now')

  await drawer.getByRole('tab', { name: 'History' }).click()
  const history = drawer.getByRole('list', { name: 'What it did, latest first' })
  await history.getByText('claimed').waitFor()
  t.is(await history.getByRole('listitem').count(), 2)
  const there = await codex()
  await there.call('tasks.comment', { project_id: project, task_id: task, text: 'What is a comment?' })
  await history.getByText('commented on').waitFor()
  await lookAt(t, page, 'agent-history')

  await there.call('rooms.say', { project_id: project, room: 'main', body: 'I stop for today.' })
  await until(async () => {
    const { items } = await world.alice.client.call('rooms.read', { project_id: project, room: 'main' })
    return items.length === 1 ? items : undefined
  })
  await world.alice.client.call('rooms.say', { project_id: project, room: 'main', body: '@codex@bob what is left?' })
  await drawer.getByRole('tab', { name: 'Handovers' }).click()
  await drawer.getByText('It has left nothing undone.').waitFor()
  await world.alice.client.call('tasks.release', { project_id: project, task_id: task })
  await drawer.getByText('Nobody has taken it up.').waitFor()
  await drawer.getByRole('button', { name: 'Packet' }).click()
  await drawer.getByText('It asked, and nobody answered').waitFor()
  await drawer.getByText('@codex@bob what is left?').waitFor()
  t.is(await drawer.locator('img').count(), 0)
  await lookAt(t, page, 'agent-handover')
  await world.alice.client.call('tasks.claim', { project_id: project, task_id: task })
  await drawer.getByText('Taken up by').waitFor()

  // The same packet, where the task itself is looked at.
  await go(page, `/projects/${project}/board?task=${task}`)
  await page.getByRole('tab', { name: 'Handover' }).click()
  await page.getByText('It asked, and nobody answered').waitFor()
  await lookAt(t, page, 'task-handover')
  await go(page, '/agents')
  await page.getByRole('link', { name: /^codex@bob/ }).press('Enter')
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })
  t.is(new URL(page.url()).hash, '#/agents')
})

test('one is registered, connected by a pasted line, given another token, changed, and removed', async (t) => {
  const page = await world.open(t, world.alice, '/agents')
  await page.getByRole('button', { name: 'Register an agent' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('textbox', { name: 'Name' }).fill('a@b')
  await form.getByRole('button', { name: 'Register it' }).click()
  await form.getByText('A name holds one of').waitFor()
  await form.getByRole('textbox', { name: 'Name' }).fill('claude-1')
  await form.getByRole('button', { name: 'Register it' }).click()
  await form.getByText('already has an agent').waitFor()
  await form.getByRole('textbox', { name: 'Name' }).fill('Büro 1')
  await form.getByRole('combobox', { name: 'Kind' }).fill('codex')
  await form.getByRole('combobox', { name: 'Domains' }).fill('parsing')
  await lookAt(t, page, 'agent-register')
  await form.getByRole('button', { name: 'Register it' }).click()
  await form.getByText('Its token, shown this once').waitFor()
  await form.getByText("agora --name alice setup codex --agent-name 'Büro 1' --hooks").waitFor()
  const token =
    (await form
      .locator('pre')
      .filter({ hasText: /^[\w-]{20,}$/ })
      .textContent()) ?? ''
  const agent = createClient({ url: world.alice.info.api_url, token })
  t.like((await agent.call('agents.show', { name: 'Büro 1' })).capabilities, { domains: ['parsing'] })
  await lookAt(t, page, 'agent-registered')
  await form.getByRole('combobox', { name: 'Which program is it?' }).click()
  await page.getByRole('option', { name: 'VS Code' }).click()
  await form.getByText("agora --name alice setup vscode --agent-name 'Büro 1'", { exact: true }).waitFor()
  await form.getByRole('button', { name: 'Done' }).click()
  await form.waitFor({ state: 'detached' })
  t.false((await page.content()).includes(token), 'the page keeps no token')

  await page.getByRole('link', { name: /^Büro 1/ }).click()
  const drawer = page.getByRole('dialog', { name: 'Agent' })
  await drawer.getByRole('button', { name: 'What to do with Büro 1' }).click()
  await page.getByRole('menuitem', { name: 'New token' }).click()
  await page.getByRole('button', { name: 'Make a new token' }).click()
  await page.getByText('The new token of Büro 1').waitFor()
  await t.throwsAsync(agent.call('agents.list', {}), { code: 'unauthenticated' })
  await page.getByRole('button', { name: 'Done' }).click()

  await drawer.getByRole('button', { name: 'What to do with Büro 1' }).click()
  await page.getByRole('menuitem', { name: 'Change what is said of it' }).click()
  await page.getByRole('textbox', { name: 'Model', exact: true }).fill('gpt-6')
  await page.getByRole('button', { name: 'Save' }).click()
  await drawer.getByText('codex · gpt-6').waitFor()
  await drawer.getByRole('button', { name: 'What to do with Büro 1' }).click()
  await page.getByRole('menuitem', { name: 'Change what is said of it' }).click()
  await page.getByRole('combobox', { name: 'Kind' }).fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await drawer.getByText('gpt-6', { exact: true }).waitFor()
  await until(async () =>
    (await world.alice.client.call('agents.show', { name: 'Büro 1' })).model === 'gpt-6' ? true : undefined,
  )

  await drawer.getByRole('button', { name: 'What to do with Büro 1' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await page.getByRole('button', { name: 'Remove Büro 1' }).click()
  await page.getByRole('link', { name: /^Büro 1/ }).waitFor({ state: 'detached' })
  await until(async () => {
    const { items } = await world.alice.client.call('agents.list', {})
    return items.some(({ name }) => name === 'Büro 1') ? undefined : true
  })
})

test('one is woken, and what came of it shows by itself', async (t) => {
  const { alice } = world
  await alice.client.call('wake.set', {
    command: `${process.execPath} -e 'console.log("I am here")'`,
    agent: 'claude-1',
    policy: { after_seconds: 0, debounce_seconds: 0 },
  })
  const page = await world.open(t, alice, '/agents')
  await page.getByRole('link', { name: /^claude-1/ }).click()
  const drawer = page.getByRole('dialog', { name: 'Agent' })
  await drawer.getByRole('tab', { name: 'Wake' }).click()
  await drawer.getByText('It has not been woken yet.').waitFor()
  await drawer.getByRole('textbox', { name: 'What for' }).fill('the tests are red')
  await drawer.getByRole('button', { name: 'Wake it' }).click()
  await drawer.getByText('I am here').waitFor()
  await drawer.getByText('its hook has run').waitFor()
  await lookAt(t, page, 'agent-wake')
  const { items } = await alice.client.call('wake.runs', { agent: 'claude-1' })
  t.like(items[0], { outcome: 'done' })
  await drawer.getByRole('tab', { name: 'History' }).click()
  await drawer.getByText(/^was woken for 1 message or request: done/).waitFor()
  await drawer.getByRole('link', { name: 'Write' }).click()
  await page.getByRole('heading', { level: 1, name: 'Messages' }).waitFor()
  t.regex(page.url(), /to=claude-1/)
})
