import ava from 'ava'
import { go, lookAt, type Stage, shot, stage, test } from '../helpers/browser.ts'
import { eventually, type Process } from '../helpers/processes.ts'

let world: Stage
let carol: Process
ava.before(async () => {
  world = await stage()
  carol = await world.lab.start('carol')
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

const friendOf = async (node: Process, did: string) =>
  (await node.client.call('friends.list', {})).items.find((friend) => friend.did === did)

test('a person connects to a node, gives it trust, and sees at once what it gives', async (t) => {
  const page = await world.open(t, world.alice, '/network')
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  await row('bob').getByText('connected').waitFor()
  t.regex(String(await row('bob').textContent()), /bob.*connected.*4inner circle4inner circle/)

  await page.getByRole('button', { name: 'Connect', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Connect to another node' })
  await dialog.getByText(`agora connect ${world.alice.address}`).waitFor()
  await dialog.getByLabel('Address').fill('127.0.0.1:1')
  await dialog.getByRole('button', { name: 'Connect' }).click()
  await dialog.getByText(/127\.0\.0\.1:1/).waitFor()
  await dialog.getByLabel('Address').fill(carol.address)
  await page.keyboard.press('Enter')

  const details = page.getByRole('dialog', { name: 'carol' })
  await details.getByText(carol.info.did).waitFor()
  await details.getByText('Trust you get: none').waitFor()
  await details.getByRole('combobox', { name: 'Trust you give' }).click()
  await page.getByRole('option', { name: /^3 · trusted/ }).click()
  await details.getByText('asked for, no answer yet').waitFor()
  t.is((await friendOf(world.alice, carol.info.did))?.trust_level, 3)

  const asked = await eventually(carol, async () => (await carol.client.call('friend_requests.list', {})).items[0])
  await carol.client.call('friend_requests.accept', { id: asked.id, trust_level: 1 })
  await details.getByText(/Trust you get:\s*1/).waitFor()
  await page.keyboard.press('Escape')
  await row('carol').getByText('connected').waitFor()
  const map = page.getByLabel(/^Map of the network around alice/)
  await map.getByRole('button', { name: /^carol: connected.*you give trust 3, it gives you trust 1/ }).click()
  await details.waitFor()
  await page.keyboard.press('Escape')
  await details.waitFor({ state: 'detached' })

  // Both come into a project of hers, and so know each other.
  const { id: project_id } = await world.alice.client.call('projects.create', { name: 'Parser' })
  for (const node of [world.bob, carol]) {
    await world.alice.client.call('friends.update', { name: node.info.did, trust_level: 4 })
    await node.client.call('friends.update', { name: world.alice.info.did, trust_level: 4 })
    await world.alice.client.call('invitations.send', { project_id, peer_name: node.info.did })
    const invited = await eventually(node, async () => (await node.client.call('invitations.list', {})).items[0])
    await node.client.call('invitations.accept', { id: invited.id })
  }
  for (const name of ['bob', 'carol']) await row(name).getByText('Parser').waitFor()
  const ids = [world.bob.info.did, carol.info.did]
  await map
    .locator(ids.map((one, index) => `[data-id="${one} ${ids[1 - index]}"]`).join())
    .waitFor({ state: 'attached' })
  await lookAt(t, page, 'network')
})

test('the code is compared, and is the one the friend sees', async (t) => {
  const page = await world.open(t, world.alice, '/network')
  await page.getByRole('button', { name: 'Details of bob' }).press('Enter')
  const details = page.getByRole('dialog', { name: 'bob' })
  await details.getByRole('button', { name: 'Compare the code' }).click()
  const code = await details.getByRole('group', { name: 'Verification code' }).locator('span').allTextContents()
  const bobs = await world.bob.client.call('friends.code', { name: world.alice.info.did })
  t.is(code.join(' '), bobs.code)
  await lookAt(t, page, 'network-details')
  await details.getByRole('button', { name: 'Both codes are the same' }).click()
  await details.getByText('You compared its code').waitFor()
  await page.getByRole('row').filter({ hasText: 'bob' }).getByLabel('its code was compared').waitFor()
  t.true((await friendOf(world.alice, world.bob.info.did))?.verified)
})

test('a stranger asks to be a friend, in words that stay theirs, and is accepted, blocked and let in again', async (t) => {
  const page = await world.open(t, world.bob, '/network')
  await page.getByRole('row').filter({ hasText: 'alice' }).waitFor()
  await carol.client.call('node.connect', { address: world.bob.address })
  await page.getByRole('row').filter({ hasText: 'carol' }).waitFor()
  await carol.client.call('friend_requests.send', {
    peer_name: 'bob',
    trust_level: 4,
    message: '<img src=x onerror=alert(1)> Accept me!\nbob: I trust carol with 4.',
  })
  const asks = page.getByRole('region', { name: 'Friend requests' })
  await asks.getByText('<img src=x onerror=alert(1)> Accept me!').waitFor()
  t.is(await page.locator('img[src="x"]').count(), 0)
  await lookAt(t, page, 'network-request')
  t.is(await asks.getByRole('combobox', { name: 'Trust you give' }).inputValue(), '2 · friend')
  await asks.getByRole('button', { name: 'Accept' }).click()
  await asks.waitFor({ state: 'detached' })
  await eventually(world.bob, async () => (await friendOf(world.bob, carol.info.did))?.trust_level === 2 || undefined)

  await page.getByRole('button', { name: 'Details of carol' }).click()
  await page.getByRole('dialog', { name: 'carol' }).getByRole('button', { name: 'Block…' }).click()
  const sure = page.getByRole('dialog', { name: 'Block carol?' })
  await sure.getByText('No connection either way').waitFor()
  await shot(page, 'network-block')
  await sure.getByRole('button', { name: 'Block carol' }).click()
  const blocked = page.getByRole('region', { name: 'Blocked' })
  await blocked.getByText('carol').waitFor()
  await page.getByRole('row').filter({ hasText: 'carol' }).waitFor({ state: 'detached' })
  t.is((await world.bob.client.call('friends.blocked', {})).items[0]?.did, carol.info.did)

  await blocked.getByRole('button', { name: 'Unblock carol' }).click()
  await blocked.waitFor({ state: 'detached' })
  t.deepEqual((await world.bob.client.call('friends.blocked', {})).items, [])

  await page.getByRole('button', { name: 'Details of carol' }).click()
  await page.getByRole('dialog', { name: 'carol' }).getByRole('button', { name: 'Remove friend…' }).click()
  const leave = page.getByRole('dialog', { name: 'Remove carol?' })
  await leave.getByLabel('Why (it reads this)').fill('done')
  await leave.getByRole('button', { name: 'Remove carol' }).click()
  await page.getByText('carol is no friend any more').waitFor()
  t.is(await friendOf(world.bob, carol.info.did), undefined)
})

test('a peer is disconnected once that was asked, and told of when it is gone already', async (t) => {
  const { alice } = world
  const erin = await world.lab.start('erin')
  await alice.client.call('node.connect', { address: erin.address })
  const page = await world.open(t, alice, '/network')
  const row = page.getByRole('row').filter({ hasText: 'erin' })
  const details = page.getByRole('dialog', { name: 'erin', exact: true })
  const question = page.getByRole('dialog', { name: 'Disconnect erin?' })
  const peer = async () => (await alice.client.call('node.peers', {})).items.find(({ did }) => did === erin.info.did)
  const askTo = async () => {
    await page.getByRole('button', { name: 'Details of erin' }).press('Enter')
    await details.getByRole('button', { name: 'Disconnect…' }).click()
    await question.getByText(/not dialled again/).waitFor()
  }
  await row.getByText('connected', { exact: true }).waitFor()
  await askTo()
  await question.getByRole('button', { name: 'Cancel' }).click()
  await question.waitFor({ state: 'detached' })
  t.not(await peer(), undefined)
  await details.getByRole('button', { name: 'Disconnect…' }).click()
  await question.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await page.getByText('erin is disconnected.').waitFor()
  // It is no friend, so nothing is left of it here.
  await page.getByRole('dialog', { name: 'Gone' }).waitFor()
  t.is(await peer(), undefined)
  await page.keyboard.press('Escape')
  await row.waitFor({ state: 'detached' })

  await alice.client.call('friends.add', { did: erin.info.did, trust_level: 2 })
  await alice.client.call('node.connect', { address: erin.address })
  await row.getByText('connected', { exact: true }).waitFor()
  await askTo()
  await alice.client.call('node.disconnect', { name: erin.info.did })
  await question.getByRole('button', { name: 'Disconnect', exact: true }).click()
  await page
    .getByRole('alert')
    .getByText(/^erin is not connected\.$/)
    .waitFor()
})

test('a node without others says how to begin', async (t) => {
  const alone = await world.lab.start('dave')
  const page = await world.open(t, alone, '/')
  await go(page, '/network')
  await page.getByText('No other node yet.').waitFor()
  await lookAt(t, page, 'network-empty')

  await page.getByRole('button', { name: 'Add a friend' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a friend' })
  await dialog.getByLabel('Who').fill('nobody-known')
  await page.keyboard.press('Enter')
  await dialog.getByText(/nobody-known/).waitFor()
  await dialog.getByLabel('Who').fill(carol.info.did)
  await dialog.getByRole('button', { name: 'Add friend' }).click()
  const details = page.getByRole('dialog').filter({ hasText: carol.info.did })
  await details.getByText('never met').waitFor()
  await details.getByLabel('Your name for it').fill('carol from work')
  await details.getByRole('button', { name: 'Keep' }).click()
  await page.getByText('Kept.').waitFor()
  t.like(await friendOf(alone, carol.info.did), { trust_level: 2, alias: 'carol from work' })
})
