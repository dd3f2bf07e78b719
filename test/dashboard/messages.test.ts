import ava from 'ava'
import { lookAt, type Stage, stage, test } from '../helpers/browser.ts'
import { hostileBodies, hostileLines, staysText } from '../helpers/hostile-texts.ts'
import { eventually, type Process } from '../helpers/processes.ts'

let world: Stage
let carol: Process
let mallory: Process

ava.before(async () => {
  world = await stage()
  ;[carol, mallory] = await Promise.all([world.lab.start('carol'), world.lab.start('mallory')])
  await world.alice.client.call('agents.register', { name: 'claude-1' })
  await world.alice.client.call('agents.register', { name: 'codex-1' })
  await Promise.all(
    [carol, mallory].map((stranger) => stranger.client.call('node.connect', { address: world.alice.address })),
  )
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

test('a message that comes live is read, marked as seen, answered, and its delivery followed stage by stage', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice, '/messages')
  await page.getByText('No conversation is chosen.').waitFor()
  const { id = '', conversation_id } = await bob.client.call('messages.send', {
    to: alice.info.did,
    body: 'Are you **there**?',
  })
  const list = page.getByRole('list', { name: 'Conversations' })
  await list.getByText('Are you').waitFor()
  await list.getByLabel('1 unread').waitFor()
  const before = await bob.client.call('messages.show', { id })
  t.not(before.delivery?.stage, 'shown', 'what is only listed was not read')

  await list.getByRole('button', { name: /bob/ }).click()
  const feed = page.getByRole('feed')
  await feed.locator('strong', { hasText: 'there' }).waitFor()
  await feed.getByText('new', { exact: true }).waitFor()
  await list.getByLabel('1 unread').waitFor({ state: 'detached' })
  await eventually(
    bob,
    async () => (await bob.client.call('messages.show', { id })).delivery?.stage === 'shown' || undefined,
  )

  await page.getByRole('textbox', { name: 'Write a message' }).fill('I am.')
  await page.keyboard.press('Enter')
  const mine = feed.getByRole('article').filter({ hasText: 'I am.' })
  await mine.getByText('Stored on their node').waitFor()
  const { items } = await eventually(bob, async () => {
    const read = await bob.client.call('messages.read', {})
    return read.items.length > 0 ? read : undefined
  })
  t.like(items[0], { body: 'I am.', conversation_id, from: { did: alice.info.did } })
  await bob.client.call('messages.acknowledge', { id: items[0]?.id ?? '' })
  await mine.getByText('Acknowledged').waitFor()
  await mine.getByRole('button', { name: /How far it has come/ }).click()
  for (const stage of ['Signed, on disk here', 'Stored on their node', 'Shown to the reader', 'Acknowledged'])
    await page.getByRole('cell', { name: stage }).waitFor()
  await page.keyboard.press('Escape')

  await bob.client.call('messages.send', { to: alice.info.did, body: 'Good.', conversation_id: conversation_id ?? '' })
  await page.getByRole('log').filter({ hasText: 'bob: Good.' }).waitFor()
  const good = feed.getByRole('article').filter({ hasText: 'Good.' })
  // Who has seen it can still acknowledge it.
  await good.getByText('new', { exact: true }).waitFor()
  await good.hover()
  await good.getByRole('button', { name: /^Acknowledge/ }).click()
  await good.getByText('You acknowledged it.').waitFor()
  await lookAt(t, page, 'messages')
})

test('what waits to go out is said to wait, and why', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice, '/messages')
  await bob.stop()
  t.teardown(() => bob.client.call('node.health').catch(() => bob.restart()))
  await page.getByRole('button', { name: 'New message' }).click()
  await page.getByRole('combobox', { name: 'To' }).fill('bob')
  await page.getByRole('textbox', { name: 'Write a message' }).fill('when you are back')
  await page.keyboard.press('Enter')
  const message = page.getByRole('article').filter({ hasText: 'when you are back' })
  await message.getByText('Signed, waits here').waitFor()
  await message.getByText('It goes out when their node is connected.').waitFor()
  await page.getByRole('button', { name: /Waiting to go out/ }).click()
  const waiting = page.getByRole('list', { name: /^Waiting to go out/ })
  await waiting.getByText('Their node is not connected').first().waitFor()
  await lookAt(t, page, 'messages-outbox')
  await bob.restart()
  await bob.client.call('node.connect', { address: alice.address })
  await page.getByText('Nothing waits.').waitFor()
  await page.getByRole('list', { name: 'Conversations' }).getByText('when you are back').click()
  await message.getByText('Stored on their node').waitFor()

  // To nobody: nothing is sent, and the text is there again.
  await page.getByRole('button', { name: 'New message' }).click()
  await page.getByRole('combobox', { name: 'To' }).fill('nobody-here')
  const field = page.getByRole('textbox', { name: 'Write a message' })
  await field.fill('hello?')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  t.is(await field.inputValue(), 'hello?')
})

test('mail of strangers waits, is accepted or dropped, and its sender is told no more than that', async (t) => {
  const { alice } = world
  const page = await world.open(t, alice, '/messages?view=requests')
  await page.getByText('Nobody waits.').waitFor()
  const sent = await carol.client.call('messages.send', {
    to: alice.info.did,
    body: 'I am carol. Let me in. EVIL <b>now</b>',
  })
  await mallory.client.call('messages.send', { to: alice.info.did, body: 'Buy my tokens' })
  const request = page.getByRole('region', { name: 'Mail of carol' })
  await request.getByText('Let me in.').waitFor()
  await page.getByRole('region', { name: 'Mail of mallory' }).waitFor()
  await staysText(t, page)
  await lookAt(t, page, 'messages-requests')

  const there = await world.open(t, carol, `/messages?conversation=${sent.conversation_id}`)
  await there.getByText('In their requests box').waitFor()
  await there.getByText('They do not know you').waitFor()
  await request.getByRole('button', { name: /Accept/ }).click()
  await there.getByText('Stored on their node').waitFor()
  await request.waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Drop' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Drop it' }).click()
  await page.getByText('Nobody waits.').waitFor()
  t.deepEqual((await alice.client.call('requests.list', {})).items, [])
  await page.getByRole('list', { name: 'Conversations' }).getByRole('button', { name: /carol/ }).click()
  await page.getByRole('feed').getByText('Let me in.').waitFor()
  t.is((await alice.client.call('friends.show', { name: carol.info.did })).trust_level, 1)
})

test('a private thread is begun, talked in across nodes, and ended with a reason', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice, '/messages')
  await page.getByRole('button', { name: 'New thread' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Title' }).fill('Plans')
  const people = dialog.getByRole('combobox', { name: 'Participants' })
  await people.fill('bob')
  await people.press('Enter')
  await dialog.getByRole('combobox', { name: 'The least trust' }).selectOption('2')
  await dialog.getByRole('button', { name: 'Begin' }).click()
  await page.getByText('private, trust 2 and up').waitFor()
  const field = page.getByRole('textbox', { name: 'Write to all in this thread' })
  await field.fill('Between us: **go**')
  await page.keyboard.press('Enter')
  const feed = page.getByRole('feed')
  await feed.locator('strong').waitFor()

  const thread = await eventually(bob, async () => {
    const { items } = await bob.client.call('threads.list', {})
    return items.find(({ title, messages }) => title === 'Plans' && messages === 1)
  })
  await bob.client.call('threads.say', { thread_id: thread.id, body: 'gone' })
  await feed.getByText('gone', { exact: true }).waitFor()
  // It is in the inbox, too, and was seen here.
  await eventually(alice, async () => {
    const { items } = await alice.client.call('conversations.list', {})
    return items.find(({ last }) => last?.said_in?.thread_id === thread.id)?.unread === 0 || undefined
  })

  await page.getByRole('button', { name: '2 participants' }).click()
  await dialog.getByText('has it').waitFor()
  await dialog.getByRole('combobox', { name: 'Add somebody' }).fill('mallory')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  await dialog.getByText('this thread is for those of trust 2').waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await lookAt(t, page, 'messages-thread')

  await page.getByRole('button', { name: 'End', exact: true }).click()
  await dialog.getByRole('textbox').fill('All is said.')
  await dialog.getByRole('button', { name: 'End it' }).click()
  await page.getByText('This thread has ended').waitFor()
  await page.getByText('All is said.').waitFor()
  t.is(await field.count(), 0)
  await eventually(bob, async () => {
    const { status, reason } = await bob.client.call('threads.show', { thread_id: thread.id })
    return (status === 'ended' && reason === 'All is said.') || undefined
  })
})

test('agents that talk too long among themselves are seen to be paused, and may go on', async (t) => {
  const { alice } = world
  const claude = await token(alice, 'claude-1')
  const codex = await token(alice, 'codex-1')
  const { conversation_id = '' } = await say(claude, 'codex-1', 'turn 0')
  let refused = false
  for (let turn = 1; turn < 60 && !refused; turn++) {
    const [from, to] = turn % 2 === 0 ? [claude, 'codex-1'] : [codex, 'claude-1']
    refused = await say(from, to, `turn ${turn}`, conversation_id).then(
      () => false,
      () => true,
    )
  }
  t.true(refused)
  const page = await world.open(t, alice, `/messages?conversation=${conversation_id}`)
  await page.getByText('Agents alone wrote 40 messages').waitFor()
  await page.getByRole('list', { name: 'Conversations' }).getByText('paused').waitFor()
  await page.getByRole('button', { name: 'Let them go on' }).click()
  await page.getByText('Agents alone wrote 40 messages').waitFor({ state: 'detached' })
  t.is((await alice.client.call('conversations.show', { id: conversation_id })).conversation.paused, false)

  await page.getByRole('textbox', { name: 'Search in all messages' }).fill('turn 17')
  await page
    .getByRole('region', { name: 'Found' })
    .getByRole('button', { name: /claude-1/ })
    .waitFor()
})

test('hostile words stay words, in mail and in titles', async (t) => {
  const { alice, bob } = world
  let conversation: string | undefined
  for (const body of hostileBodies) {
    const sent = await bob.client.call('messages.send', {
      to: alice.info.did,
      body,
      ...(conversation === undefined ? {} : { conversation_id: conversation }),
    })
    conversation ??= sent.conversation_id
  }
  for (const title of hostileLines.filter((line) => !line.includes('\u202e')))
    await bob.client.call('threads.create', { title, participants: [alice.info.did] })
  await eventually(alice, async () => {
    const threads = (await alice.client.call('threads.list', {})).items.filter(({ title }) => title?.includes('EVIL'))
    return threads.length === hostileLines.length - 1 || undefined
  })
  const page = await world.open(t, alice, `/messages?conversation=${conversation}`)
  await page.getByRole('feed').getByText('x'.repeat(400)).waitFor()
  await page.getByRole('list', { name: 'Conversations' }).getByText('onerror').first().waitFor()
  await staysText(t, page)
  await lookAt(t, page, 'messages-hostile')
})

async function token(node: Process, name: string) {
  const { token } = await node.client.call('agents.token', { name })
  return { url: node.info.api_url, token }
}
async function say(from: { url: string; token: string }, to: string, body: string, conversation_id?: string) {
  const { createClient } = await import('../../src/client/index.ts')
  return createClient(from).call('messages.send', { to, body, ...(conversation_id ? { conversation_id } : {}) })
}
