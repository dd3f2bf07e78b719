import ava, { type ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import { go, lookAt, type Stage, stage, test } from '../helpers/browser.ts'
import { eventually } from '../helpers/processes.ts'

let world: Stage
let project: string
const HOSTILE = '<img src=x onerror="document.title=1"> ” by the owner “'

ava.before(async () => {
  world = await stage()
  const { alice, bob } = world
  const created = await alice.client.call('projects.create', { name: 'pocket', description: 'Small helpers.' })
  project = created.id
  await alice.client.call('agents.register', { name: 'claude-1', kind: 'claude-code' })
  await alice.client.call('projects.role', { project_id: project, name: 'claude-1', role: 'overseer' })
  await bob.client.call('agents.register', { name: 'codex-1', kind: 'codex' })
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

const member = (page: Page, name: string) =>
  page
    .getByRole('list', { name: 'Members' })
    .getByRole('listitem')
    .filter({ has: page.getByText(name, { exact: true }) })
/** Chooses what to do about a member. */
async function choose(page: Page, name: string, what: string | RegExp) {
  await page.getByRole('button', { name: `What to do about ${name}`, exact: true }).click()
  await page.getByRole('menuitem', { name: what }).click()
}
const answer = (page: Page, action: string) =>
  page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click()
/** The member as the daemon of a node has it, once that is so. */
const known = (
  node: Stage['alice'],
  name: string,
  is: (one: { role: string; suspended?: object | undefined }) => boolean,
) =>
  eventually(node, async () => {
    const { items } = await node.client.call('projects.team', { project_id: project })
    return items.find((one) => one.name === name && is(one))
  })

async function invite(page: Page, whom: string, role: string, message: string) {
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('combobox', { name: 'Whom' }).fill(whom)
  await form.getByRole('combobox', { name: 'Role' }).click()
  await page.getByRole('option', { name: role }).click()
  await form.getByRole('textbox', { name: 'Message' }).fill(message)
  await form.getByRole('button', { name: 'Invite' }).click()
  await form.waitFor({ state: 'detached' })
}

test('a team: invited, withdrawn, invited again, in; a role; suspended and let in; what was held comes back; removed', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice, `/projects/${project}/team`)
  await member(page, 'claude-1').getByText('overseer').waitFor()

  // Somebody that is not there is told beside the field.
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await page.getByRole('combobox', { name: 'Whom' }).fill('nobody')
  await page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click()
  await page
    .getByRole('dialog')
    .getByText(/nobody/i)
    .waitFor()
  await answer(page, 'Cancel')

  await invite(page, 'bob', 'developer', HOSTILE)
  const waiting = page.getByRole('list', { name: 'Invitations that wait' })
  await waiting.getByText(HOSTILE).waitFor()
  await waiting.getByRole('button', { name: 'Withdraw' }).click()
  await answer(page, 'Withdraw')
  await waiting.waitFor({ state: 'detached' })
  await invite(page, 'bob', 'developer', 'Come in.')
  const { id } = await eventually(bob, async () => (await bob.client.call('invitations.list', {})).items[0])
  await bob.client.call('invitations.accept', { id })
  await member(page, 'bob').getByText('developer').waitFor()
  await waiting.waitFor({ state: 'detached' })
  await eventually(bob, async () => {
    const { items } = await bob.client.call('projects.list', {})
    return items.find(({ status }) => status === 'member')
  })

  await choose(page, 'bob', /^tester/)
  await known(bob, 'bob', ({ role }) => role === 'tester')
  await member(page, 'bob').getByText('tester').waitFor()

  // Apart from each other, bob is suspended and does not hear of it.
  for (const [node, name] of [
    [alice, 'bob'],
    [bob, 'alice'],
  ] as const) {
    // That it is not connected just now is told as an error; it does not connect again all the same.
    await node.client.call('node.disconnect', { name }).catch(() => undefined)
  }
  await choose(page, 'bob', 'Suspend…')
  await page.getByRole('dialog').getByText('and all of its agents').waitFor()
  await page.getByRole('textbox', { name: /Reason/ }).fill('Too many tasks.')
  await answer(page, 'Suspend')
  await member(page, 'bob').getByText('suspended').waitFor()
  await member(page, 'bob').getByText('Too many tasks.').waitFor()
  await known(alice, 'bob', ({ suspended }) => suspended !== undefined)
  const { id: task } = await bob.client.call('tasks.create', { project_id: project, title: 'One more' })
  await alice.client.call('node.connect', { address: bob.address })
  await page.getByRole('list', { name: 'Held of bob' }).waitFor()
  await known(bob, 'bob', ({ suspended }) => suspended !== undefined)
  await lookAt(t, page, 'team-held')

  // The other side sees that, and cannot change it.
  const theirs = await world.open(t, bob, `/projects/${project}/team`)
  await theirs.getByText('This node is suspended in this project.').waitFor()
  t.is(await theirs.getByRole('button', { name: /^What to do about/ }).count(), 0)

  await page.getByRole('button', { name: 'Bring it back' }).click()
  await answer(page, 'Bring it back')
  await page.getByRole('list', { name: 'Held of bob' }).waitFor({ state: 'detached' })
  t.is((await alice.client.call('tasks.show', { project_id: project, task_id: task })).title, 'One more')
  await theirs.getByText('This node is suspended in this project.').waitFor({ state: 'detached' })

  await choose(page, 'bob', 'Suspend…')
  await answer(page, 'Suspend')
  await known(bob, 'bob', ({ suspended }) => suspended !== undefined)
  await choose(page, 'bob', 'Lift the suspension')
  await known(bob, 'bob', ({ suspended }) => suspended === undefined)
})

test('stages: what each role may do, and what changes, is told before it is set; the other node sees it at once', async (t) => {
  const { alice, bob } = world
  await alice.client.call('projects.set_stage', { project_id: project, stage: 'implementation' })
  const page = await world.open(t, alice, `/projects/${project}/stages`)
  const theirs = await world.open(t, bob, `/projects/${project}/stages`)
  const now = (tab: Page) => tab.locator('[aria-current=step]')
  await now(page).getByText('Implementation').waitFor()
  await now(theirs).getByText('Implementation').waitFor()
  t.is(await theirs.getByRole('button', { name: /^Go (on|back)/ }).count(), 0)
  const cells = (tab: Page) => tab.getByRole('row', { name: /^Claim tasks/ }).getByRole('img')
  // owner, overseer, developer, reviewer, tester, consultant, observer
  const marks = async (tab: Page) =>
    cells(tab).evaluateAll((list) => list.map((each) => each.getAttribute('aria-label')))
  t.deepEqual(await marks(page), ['may', 'may', 'may', 'may not', 'may', 'may not', 'may not'])
  await lookAt(t, page, 'stages')

  await page.getByRole('button', { name: 'Go on to review' }).click()
  await page
    .getByRole('dialog')
    .getByText(
      'Developers and testers can no longer make tasks, change or complete tasks, claim tasks and delete tasks.',
    )
    .waitFor()
  await answer(page, 'Set review')
  await now(theirs).getByText('Review').waitFor()
  t.is((await alice.client.call('projects.stage', { project_id: project })).stage, 'review')
  t.deepEqual(await marks(theirs), [
    'may',
    'may',
    'not in this stage',
    'may not',
    'not in this stage',
    'may not',
    'may not',
  ])
  await page.getByRole('button', { name: 'Go back to implementation' }).click()
  await answer(page, 'Set implementation')
  await now(theirs).getByText('Implementation').waitFor()
})

test('the timeline shows who was clocked in, when, and on what; what begins elsewhere shows at once', async (t) => {
  const { alice, bob } = world
  const { id } = await alice.client.call('tasks.create', { project_id: project, title: HOSTILE })
  await alice.client.call('projects.clock_in', { project_id: project })
  await alice.client.call('tasks.claim', { project_id: project, task_id: id })
  await eventually(alice, async () => {
    const { items } = await alice.client.call('projects.time', { project_id: project })
    // Time is told in whole seconds; by the daemon's own clock.
    return items.some(({ seconds }) => seconds > 0) || undefined
  })
  await alice.client.call('projects.clock_out', { project_id: project })
  const page = await world.open(t, alice, `/projects/${project}/timeline`)
  const people = page.getByRole('list', { name: 'Who was clocked in' })
  const row = (name: string) => people.getByRole('listitem').filter({ has: page.getByText(name, { exact: true }) })
  await row('alice')
    .getByText(/1 session$/)
    .waitFor()
  await row('alice')
    .getByRole('img', { name: /^Clocked in: .* to (?!now)/ })
    .waitFor()
  await row('alice')
    .getByRole('button', { name: /^1 task of alice$/ })
    .click()
  await row('alice').getByText(HOSTILE).waitFor()

  await bob.client.call('projects.clock_in', { project_id: project, focus: 'Reading' })
  await row('bob').getByText('now').waitFor()
  await page.getByText('Last hour').click()
  await row('bob').waitFor()
  await lookAt(t, page, 'timeline')
})

test('the settings of a project: name, limits, rules, archive and back', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice, `/projects/${project}/settings`)
  await page.getByRole('textbox', { name: 'Name' }).fill('pockets')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('heading', { name: 'pockets' }).waitFor()

  await page.getByRole('textbox', { name: 'Members at most' }).fill('9')
  await page.getByRole('textbox', { name: 'testers' }).fill('2')
  await page.getByRole('button', { name: 'Save limits' }).click()
  await settled(t, (shown) => JSON.stringify(shown.limits) === '{"max_agents":9,"max_per_role":{"tester":2}}')

  await page.getByRole('checkbox', { name: 'developer: Delete tasks' }).check()
  await page.getByRole('button', { name: 'Save rules' }).click()
  await settled(t, (shown) => shown.profile.review?.developer?.includes('task.delete') === false)
  await page.getByRole('button', { name: 'Set back to the default' }).click()
  await answer(page, 'Set back')
  await settled(t, (shown) => shown.profile.review?.developer?.includes('task.delete') === true)
  await page.evaluate(() => scrollTo(0, 0))
  await lookAt(t, page, 'project-settings')

  await page.getByRole('button', { name: 'Archive…' }).click()
  await page
    .getByRole('dialog')
    .getByText(/Nothing of it is deleted/)
    .waitFor()
  await answer(page, 'Archive')
  await page.getByText('This project is archived.').waitFor()
  await settled(t, ({ archived }) => archived)
  t.true(await page.getByRole('textbox', { name: 'Name' }).isDisabled())
  await page.getByRole('button', { name: 'Take up again' }).click()
  await answer(page, 'Take it up')
  await settled(t, ({ archived }) => !archived)
  await page.getByText('This project is archived.').waitFor({ state: 'detached' })

  // A member who is no owner changes none of it, and may leave.
  const theirs = await world.open(t, bob, `/projects/${project}/settings`)
  await theirs.getByRole('button', { name: 'Leave…' }).waitFor()
  t.is(await theirs.getByRole('button', { name: /Archive|Save/ }).count(), 0)

  // And is removed.
  await go(page, `/projects/${project}/team`)
  await choose(page, 'bob', 'Remove from the project…')
  await page.getByRole('dialog').getByText('They can be invited again.').waitFor()
  await answer(page, 'Remove')
  await member(page, 'bob').waitFor({ state: 'detached' })
  await eventually(bob, async () => {
    const { items } = await bob.client.call('projects.list', { all: true })
    return items.find(({ status }) => status === 'removed')
  })
})

type Shown = Awaited<ReturnType<typeof show>>
const show = () => world.alice.client.call('projects.show', { project_id: project })
async function settled(t: ExecutionContext, is: (shown: Shown) => boolean) {
  await eventually(world.alice, async () => is(await show()) || undefined)
  t.pass()
}
