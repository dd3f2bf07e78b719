import ava from 'ava'
import { lookAt, type Stage, stage, test } from '../helpers/browser.ts'
import { eventually } from '../helpers/processes.ts'

let world: Stage
/** Alice's project, which bob joined. */
let project_id: string
ava.before(async () => {
  world = await stage()
  const { alice, bob } = world
  ;({ id: project_id } = await alice.client.call('projects.create', { name: 'Parser' }))
  await alice.client.call('invitations.send', { project_id, peer_name: bob.info.did, role: 'developer' })
  const { id } = await eventually(bob, async () => (await bob.client.call('invitations.list', {})).items[0])
  await bob.client.call('invitations.accept', { id })
  await seen(bob, ({ status }) => status === 'member')
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

type Project = Awaited<ReturnType<typeof show>>
const show = (node: Stage['alice']) => node.client.call('projects.show', { project_id })
/** Resolves when a node has the project as `is` says. */
const seen = (node: Stage['alice'], is: (project: Project) => boolean) =>
  eventually(node, async () => {
    const project = await show(node).catch(() => undefined)
    return project && is(project) ? project : undefined
  })

test('another keeper is named, the project handed over, and then left', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice, `/projects/${project_id}/settings`)
  const dialog = (name: string) => page.getByRole('dialog', { name })
  const chooseKeeper = async () => {
    await page.getByRole('combobox', { name: 'Keeper' }).click()
    await page.getByRole('option', { name: 'bob' }).click()
  }
  await chooseKeeper()
  await dialog('Name another keeper').getByText('bob').waitFor()
  await dialog('Name another keeper').getByRole('button', { name: 'Cancel' }).click()
  await dialog('Name another keeper').waitFor({ state: 'detached' })
  t.is(await page.getByRole('combobox', { name: 'Keeper' }).inputValue(), 'alice')
  t.is((await show(alice)).keeper.did, alice.info.did)

  await chooseKeeper()
  await dialog('Name another keeper').getByRole('button', { name: 'Name it' }).click()
  await page.getByText('The keeper was named.').waitFor()
  await seen(bob, ({ keeper }) => keeper.did === bob.info.did)
  await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[aria-label=Keeper]')?.value === 'bob')

  const handOver = page.getByRole('button', { name: 'Hand over…' })
  t.true(await handOver.isDisabled())
  await page.getByRole('combobox', { name: 'To whom' }).click()
  await page.getByRole('option', { name: 'bob' }).click()
  await handOver.click()
  await dialog('Hand the project over')
    .getByText(/You can not take that back/)
    .waitFor()
  await dialog('Hand the project over').getByRole('button', { name: 'Hand it over' }).click()
  await page.getByText('Handed over.').waitFor()
  await seen(bob, ({ role }) => role === 'owner')

  // Each side has from then on what belongs to its role.
  const theirs = await world.open(t, bob, `/projects/${project_id}/settings`)
  await theirs.getByRole('button', { name: 'Archive…' }).waitFor()
  await handOver.waitFor({ state: 'detached' })
  await page.getByText('Only the owner archives the project.').waitFor()
  t.true(await page.getByRole('combobox', { name: 'Keeper' }).isDisabled())
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight))
  await lookAt(t, page, 'project-handed-over')

  await page.getByRole('button', { name: 'Leave…' }).click()
  await dialog('Leave the project')
    .getByText(/You need a new invitation/)
    .waitFor()
  await dialog('Leave the project').getByRole('button', { name: 'Leave' }).click()
  await page.getByText('Left.').waitFor()
  await seen(alice, ({ status }) => status === 'left')
  await seen(bob, ({ team }) => !team.some(({ did }) => did === alice.info.did))
  await page.getByRole('button', { name: 'Leave…' }).waitFor({ state: 'detached' })
  await lookAt(t, page, 'project-left')
})
