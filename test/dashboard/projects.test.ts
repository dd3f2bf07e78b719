import ava from 'ava'
import { lookAt, type Stage, stage, test } from '../helpers/browser.ts'
import { hostileLines, staysText } from '../helpers/hostile-texts.ts'
import { eventually } from '../helpers/processes.ts'

let world: Stage
ava.before(async () => {
  world = await stage()
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

test('a project is begun, and its list says how far it is', async (t) => {
  const { alice } = world
  const page = await world.open(t, alice, '/projects')
  await page.getByText('No projects yet').waitFor()
  await page.getByRole('button', { name: 'New project' }).click()
  const dialog = page.getByRole('dialog', { name: 'New project' })
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Parser')
  await dialog.getByRole('textbox', { name: 'Description' }).fill('Reads what people write.')
  await dialog.getByRole('textbox', { name: 'Repository' }).fill('no address at all')
  await dialog.getByRole('button', { name: 'Begin the project' }).click()
  await dialog.getByText(/holds a space/).waitFor()
  await dialog.getByRole('textbox', { name: 'Repository' }).fill('https://example.org/parser.git')
  await dialog.getByRole('button', { name: 'Begin the project' }).click()
  await page.getByRole('heading', { level: 1, name: 'Parser' }).waitFor()
  await page.getByText('https://example.org/parser.git').waitFor()
  const [project] = (await alice.client.call('projects.list', {})).items
  t.like(project, { name: 'Parser', repo: 'https://example.org/parser.git', role: 'owner' })

  const project_id = project?.id ?? ''
  const tasks = await Promise.all(
    ['one', 'two', 'three', 'four'].map((title) => alice.client.call('tasks.create', { project_id, title })),
  )
  const [one = '', two = ''] = tasks.map(({ id }) => id)
  await alice.client.call('tasks.complete', { project_id, task_id: one })
  await page.getByRole('link', { name: 'Projects' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Parser' })
  await row.getByText('1 of 4 done').waitFor()
  // As it happens, and without being asked for.
  await alice.client.call('tasks.claim', { project_id, task_id: two })
  await row.locator('[data-label="Claimed"]').getByText('1', { exact: true }).waitFor()
  t.is(await row.locator('[data-label="Open"]').textContent(), '3')
  for (const [label, text] of [
    ['Stage', 'Investigation'],
    ['Role', 'owner'],
    ['Members', '1'],
  ] as const)
    t.is(await row.locator(`[data-label="${label}"]`).textContent(), text)

  const old = await alice.client.call('projects.create', { name: 'Long ago' })
  await page.getByRole('row').filter({ hasText: 'Long ago' }).waitFor()
  await alice.client.call('projects.archive', { project_id: old.id })
  await page.getByRole('row').filter({ hasText: 'Long ago' }).waitFor({ state: 'detached' })
  await page.getByText('Archived', { exact: true }).click()
  await page.getByRole('row').filter({ hasText: 'Long ago' }).waitFor()
  t.is(await page.getByRole('row').filter({ hasText: 'Parser' }).count(), 0)
})

test('invitations come as they are sent, are accepted and declined, and stay words', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice, '/projects')
  const invite = async (name: string, message?: string) => {
    const { id: project_id } = await bob.client.call('projects.create', { name, description: hostileLines.join('\n') })
    const peer_name = alice.info.did
    await bob.client.call('invitations.send', { project_id, peer_name, role: 'tester', ...(message && { message }) })
    return project_id
  }
  const wanted = await invite('Formatter', `Come and help. ${hostileLines[0]}`)
  const unwanted = await invite(hostileLines[1] ?? '')
  const invitations = page.getByRole('region', { name: 'Invitations' })
  const first = invitations.getByRole('listitem').filter({ hasText: 'Formatter' })
  const second = invitations.getByRole('listitem').filter({ hasNotText: 'Formatter' })
  await first.waitFor()
  await second.waitFor()
  await staysText(t, page)
  await lookAt(t, page, 'projects')

  await first.getByRole('button', { name: 'Accept' }).click()
  await page.getByRole('row').filter({ hasText: 'Formatter' }).getByText('tester').waitFor()
  await eventually(bob, async () => {
    const { team } = await bob.client.call('projects.show', { project_id: wanted })
    return team.some(({ did }) => did === alice.info.did) || undefined
  })
  await second.getByRole('button', { name: 'Decline' }).click()
  const dialog = page.getByRole('dialog', { name: 'Decline the invitation?' })
  await staysText(t, page)
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('no time')
  await dialog.getByRole('button', { name: 'Decline' }).click()
  await invitations.waitFor({ state: 'detached' })
  const declined = await eventually(bob, async () => {
    const { items } = await bob.client.call('invitations.list', { project: unwanted, status: 'declined' })
    return items[0]
  })
  t.is(declined.reason, 'no time')
})
