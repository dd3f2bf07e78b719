import { copyFileSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import ava from 'ava'
import { go, lookAt, type Stage, shot, stage, test } from '../helpers/browser.ts'
import { eventually } from '../helpers/processes.ts'

const PASSPHRASE = 'correct horse battery'
let world: Stage

ava.before(async () => {
  world = await stage({ AGORA_MAX_CONNECTIONS: '99' })
  for (const name of ['claude-1', 'codex'])
    await world.alice.client.call('agents.register', { name, kind: 'claude-code' })
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

const settingNow = async (key: string) =>
  (await world.alice.client.call('settings.list', {})).items.find((one) => one.key === key)

test('settings are shown with where they come from, set at once or for the next start, and refused with the reason', async (t) => {
  const { alice } = world
  const page = await world.open(t, alice, '/settings')
  await page.getByRole('heading', { name: 'Trust', exact: true }).waitFor()
  await page.getByText('set by AGORA_MAX_CONNECTIONS').waitFor()

  const budget = page.locator('#setting-conversation_budget')
  await budget.fill('12')
  await page.getByRole('button', { name: 'Save conversation_budget' }).click()
  await page.getByText('Saved, and in effect.').waitFor()
  t.like(await settingNow('conversation_budget'), { value: 12, source: 'file', in_file: 12 })

  await page.getByRole('switch', { name: /^Keep connected to all peers/ }).click()
  await page.getByText('Saved for the next start.').waitFor()
  await page.getByText('after the next start: on').waitFor()
  t.like(await settingNow('auto_connect'), { value: false, pending: true })

  await page.locator('#setting-conversation_budget').fill('0')
  await page.getByRole('button', { name: 'Save conversation_budget' }).click()
  await page.getByText('It must be a whole number from 1 to 1000000.').waitFor()
  t.like(await settingNow('conversation_budget'), { value: 12 })
  await lookAt(t, page, 'settings-general')

  await page.locator('#setting-connect').fill('bob.example:7312\ncarol.example:7312')
  await page.getByRole('button', { name: 'Save connect' }).click()
  await page.getByText('after the next start: bob.example:7312, carol.example:7312').waitFor()
  // Somebody else sets one: the page shows it by itself.
  await alice.client.call('settings.set', { key: 'approval_hours', value: 5 })
  await page.waitForFunction(
    () => (document.querySelector('#setting-approval_hours') as HTMLInputElement)?.value === '5',
  )
  await page.getByRole('button', { name: 'Use the default (40)' }).click()
  await page.waitForFunction(
    () => (document.querySelector('#setting-conversation_budget') as HTMLInputElement)?.value === '40',
  )
  t.is((await settingNow('conversation_budget'))?.in_file, undefined)
})

test('a program wakes agents when and for whom the policy says', async (t) => {
  const { alice } = world
  const page = await world.open(t, alice, '/settings/waking')
  const script = join(world.lab.folder, 'wake.sh')
  copyFileSync('/bin/true', script)
  await page.getByRole('button', { name: 'Set a program for claude-1' }).click()
  const form = page.getByRole('dialog', { name: 'What wakes claude-1' })
  await form.getByLabel('Program and its arguments').fill('rm -rf / | sh')
  await form.getByRole('button', { name: 'Save' }).click()
  await form
    .getByText(/shell|\|/)
    .first()
    .waitFor()
  t.is((await alice.client.call('wake.show', {})).agents.length, 0)
  await form.getByLabel('Program and its arguments').fill(`${script} --quiet`)
  await form.getByLabel('Wakes a day').fill('3')
  await form.getByLabel('Hours').fill('08:00-22:00')
  await shot(page, 'settings-hook-form')
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('from 08:00 to 22:00', { exact: false }).waitFor()
  const [hook] = (await alice.client.call('wake.show', {})).agents
  t.like(hook, { agent: 'claude-1', command: `${script} --quiet`, policy: { per_day: 3, hours: '08:00-22:00' } })
  await lookAt(t, page, 'settings-waking')
  await page.getByRole('button', { name: 'Remove the hook of claude-1' }).click()
  await page.getByRole('button', { name: 'Take it away' }).click()
  await page.getByText('It is not woken.').first().waitFor()
  t.is((await alice.client.call('wake.show', {})).agents.length, 0)
})

test('an agent is registered and its token renewed; each token is shown once', async (t) => {
  const { alice } = world
  const page = await world.open(t, alice, '/settings/agents')
  await page.getByRole('table', { name: 'Agents of this node' }).waitFor()
  await lookAt(t, page, 'settings-agents')
  await page.getByRole('button', { name: 'Register an agent' }).click()
  const form = page.getByRole('dialog', { name: 'Register an agent' })
  await form.getByLabel('Name').fill('codex')
  await form.getByRole('button', { name: 'Register' }).click()
  await form.getByText(/already/).waitFor()
  await form.getByLabel('Name').fill('gemini')
  await form.getByRole('button', { name: 'Register' }).click()
  const shown = page.getByRole('dialog', { name: 'The token of gemini' })
  const token = (await shown.getByText(/^agora_/).textContent()) ?? ''
  await shot(page, 'settings-token')
  const status = (bearer: string) =>
    fetch(`${alice.info.api_url}/status`, { headers: { Authorization: `Bearer ${bearer}` } })
  t.is((await status(token)).status, 200)
  await shown.getByRole('button', { name: 'Done' }).click()
  await shown.waitFor({ state: 'hidden' })

  await page
    .getByRole('row', { name: /gemini/ })
    .getByRole('button', { name: 'New token' })
    .click()
  await page.getByRole('button', { name: 'Make a new token' }).click()
  const next =
    (await page
      .getByRole('dialog', { name: 'The token of gemini' })
      .getByText(/^agora_/)
      .textContent()) ?? ''
  t.not(next, token)
  t.is((await status(token)).status, 401)
  t.is((await status(next)).status, 200)
})

test('the owner key is made, exported, and withdraws a lost node', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice, '/settings/owner')
  await page.getByRole('button', { name: 'Make an owner key' }).click()
  const made = page.getByRole('dialog', { name: 'Make an owner key' })
  await made.getByLabel('Passphrase', { exact: false }).first().fill(PASSPHRASE)
  await made.getByLabel('The same again').fill('another')
  await made.getByText('The two differ.').waitFor()
  t.true(await made.getByRole('button', { name: 'Make the key' }).isDisabled())
  await made.getByLabel('The same again').fill(PASSPHRASE)
  await made.getByRole('button', { name: 'Make the key' }).click()
  await page.getByText('attested', { exact: true }).first().waitFor()
  t.like(await alice.client.call('owner.show', {}), { state: 'attested', has_key: true })

  await page.getByRole('button', { name: 'Export the key' }).click()
  const form = page.getByRole('dialog', { name: 'Export the owner key' })
  await form.getByLabel('Passphrase', { exact: false }).first().fill('not this one')
  await form.getByRole('button', { name: 'Save the file' }).click()
  await form.getByText(/does not open this owner key/).waitFor()
  await form.getByLabel('Passphrase', { exact: false }).first().fill(PASSPHRASE)
  const saving = page.waitForEvent('download')
  await form.getByRole('button', { name: 'Save the file' }).click()
  const file = await (await saving).path()
  const key = JSON.parse(await readFile(file, 'utf8'))
  t.is(key.type, 'agora-owner-key-1')

  // Imported on bob's, by his dashboard; then it is lost.
  const other = await world.open(t, bob, '/settings/owner')
  await other
    .locator('input[type=file]')
    .setInputFiles({ name: 'x.json', mimeType: 'application/json', buffer: Buffer.from('{}') })
  await other.getByText('This file is no owner key.', { exact: false }).waitFor()
  await other.locator('input[type=file]').setInputFiles(file)
  const take = other.getByRole('dialog', { name: 'Import an owner key' })
  await take.getByLabel('Passphrase', { exact: false }).first().fill(PASSPHRASE)
  await take.getByRole('button', { name: 'Import it' }).click()
  await other.getByText('attested', { exact: true }).first().waitFor()
  await page.getByRole('button', { name: /^Revoke / }).click()
  const lost = page.getByRole('dialog', { name: 'Withdraw bob for ever?' })
  await lost.getByLabel('Passphrase', { exact: false }).first().fill(PASSPHRASE)
  t.true(await lost.getByRole('button', { name: 'Withdraw it for ever' }).isDisabled())
  await lost.getByLabel('Type “for ever” to go on').fill('for ever')
  await shot(page, 'settings-revoke')
  await lost.getByRole('button', { name: 'Withdraw it for ever' }).click()
  await page.getByRole('row', { name: /bob.*revoked/ }).waitFor()
  await other.getByText('revoked, for ever').waitFor()
  t.is((await bob.client.call('owner.show', {})).state, 'revoked')
  await lookAt(t, page, 'settings-owner')
})

test('a backup is made, downloaded and deleted', async (t) => {
  const { alice } = world
  const page = await world.open(t, alice, '/settings/backup')
  await page.getByText('There is no backup on this node').waitFor()
  await page.getByRole('button', { name: 'Back up now' }).click()
  const form = page.getByRole('dialog', { name: 'Back up this node' })
  await form.getByLabel('Passphrase', { exact: false }).first().fill(PASSPHRASE)
  await form.getByLabel('The same again').fill(PASSPHRASE)
  await shot(page, 'settings-backup-form')
  await form.getByRole('button', { name: 'Write the backup' }).click()
  const table = page.getByRole('table', { name: 'Backups' })
  await table.waitFor()
  const [backup] = (await alice.client.call('backups.list', {})).items
  await lookAt(t, page, 'settings-backup')
  const saving = page.waitForEvent('download')
  await table.getByRole('button', { name: /^Download/ }).click()
  const download = await saving
  t.is(download.suggestedFilename(), `${backup?.id}.backup`)
  t.deepEqual(await readFile(await download.path()), readFileSync(backup?.file ?? ''))
  await table.getByRole('button', { name: /^Delete/ }).click()
  await page.getByRole('button', { name: 'Delete it' }).click()
  await page.getByText('There is no backup on this node').waitFor()
  await eventually(alice, async () => (await alice.client.call('backups.list', {})).items.length === 0 || undefined)
})

test('pages that are signed in are listed, and others signed out; the node says who it is', async (t) => {
  const { alice } = world
  const page = await world.open(t, alice, '/settings/sessions')
  const other = await world.open(t, alice)
  const table = page.getByRole('table', { name: 'Signed-in pages' })
  await table.getByText('this page').waitFor()
  await table
    .getByText(/on Linux/)
    .first()
    .waitFor()
  await table.getByRole('button', { name: 'Sign out' }).first().waitFor()
  await lookAt(t, page, 'settings-sessions')
  const { items } = await alice.client.call('sessions.list', {})
  const away = table.getByRole('button', { name: 'Sign out' })
  while ((await away.count()) > 0) {
    const before = await away.count()
    await away.first().click()
    await page.waitForFunction((count) => document.querySelectorAll('tbody button').length < count, before)
  }
  await other
    .getByText(/signed out|sign in/i)
    .first()
    .waitFor()
  t.true(items.length > 1)
  await eventually(alice, async () => (await alice.client.call('sessions.list', {})).items.length === 1 || undefined)

  await go(page, '/settings/node')
  await page.getByText(alice.info.did, { exact: true }).waitFor()
  await lookAt(t, page, 'settings-node')
})

test('a restored node says where it writes nothing yet and who is waited for, and writes on when it is told to', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice)
  const id = '7YWHMfk9JZe0LM0g1ZauHuiSxhI7YWHMfk9JZe0LM0g1'.slice(0, 44)
  const title = '<b>Parser</b>\u202e approved'
  const at = '2026-11-20T12:00:00.000Z'
  let isWaiting = true
  await page.route('**/backups/waiting', (route) =>
    route.fulfill({
      json: {
        items: isWaiting
          ? [
              {
                ...{ id, kind: 'project', title, as_of: at, restored_at: at },
                members: [{ did: bob.info.did, name: 'bob', online: false }],
              },
            ]
          : [],
      },
    }),
  )
  const asked: unknown[] = []
  await page.route('**/backups/resume', (route) => {
    asked.push(route.request().postDataJSON())
    isWaiting = false
    return route.fulfill({ json: { resumed: [id] } })
  })
  await go(page, '/settings/backup')
  const alert = page.getByRole('alert', { name: /writes nothing yet/ })
  await alert.getByText('<b>Parser</b> approved').waitFor()
  await alert.getByText('bob').waitFor()
  await lookAt(t, page, 'settings-restored')
  await alert.getByRole('button', { name: 'Write on all the same' }).click()
  await page.getByText('every member is told of a fork', { exact: false }).waitFor()
  // While the question stands, what is behind it is not there for a screen reader.
  const resuming = page.waitForResponse('**/backups/resume')
  await page.getByRole('button', { name: 'Write on', exact: true }).click()
  await resuming
  await alert.waitFor({ state: 'detached' })
  t.deepEqual(asked, [{ space: id }])
})
