import ava from 'ava'
import { go, lookAt, type Stage, stage, test } from '../helpers/browser.ts'
import { hostileBodies, hostileLines, staysText } from '../helpers/hostile-texts.ts'
import { eventually } from '../helpers/processes.ts'

let world: Stage
let project: string
/** More than the list knows row by row. */
const MANY = 2000

ava.before(async () => {
  world = await stage()
  const { alice, bob } = world
  project = (await alice.client.call('projects.create', { name: 'parser' })).id
  await alice.client.call('invitations.send', { project_id: project, peer_name: bob.info.did, role: 'reviewer' })
  const invitation = await eventually(bob, async () =>
    (await bob.client.call('invitations.list', { direction: 'in' })).items.find((one) => one.project_id === project),
  )
  await bob.client.call('invitations.accept', { id: invitation.id })
  await Promise.all([
    eventually(bob, async () => (await rooms(bob)).length > 0 || undefined),
    eventually(alice, async () => {
      const { team } = await alice.client.call('projects.show', { project_id: project })
      return team.some(({ did }) => did === bob.info.did) || undefined
    }),
  ])
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

async function rooms({ client }: Stage['alice']) {
  const found = await client.call('rooms.list', { project_id: project }).catch(() => undefined)
  return found?.items ?? []
}
const say = (node: Stage['alice'], body: string, room = 'main', reply_to?: string) =>
  node.client.call('rooms.say', { project_id: project, room, body, ...(reply_to ? { reply_to } : {}) })
const said = async (node: Stage['alice'], text: string, room = 'main') =>
  (await node.client.call('rooms.read', { project_id: project, room, limit: 100 })).items.find((one) =>
    one.body.includes(text),
  )

test('what is said on the other node arrives live, and is answered with a name that reaches its inbox', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, alice, `/projects/${project}/rooms`)
  const feed = page.getByRole('feed')
  const field = page.getByRole('textbox', { name: 'Write a message' })
  await page.getByText('Nothing was said here yet.').waitFor()

  await say(bob, 'Is the **grammar** final, @alice?')
  const message = feed.getByRole('article').filter({ hasText: 'Is the grammar final' })
  await message.getByText('@alice').first().waitFor()
  await eventually(alice, async () => (await alice.client.call('node.status')).unread === 0 || undefined)
  t.is(await message.locator('strong').textContent(), 'grammar')
  await say(bob, 'It is not named, @nobody, and this says nothing of alice')
  await page.getByRole('log').filter({ hasText: 'bob: It is not named' }).waitFor()

  await message.hover()
  await message.getByRole('button', { name: /^Reply to bob/ }).click()
  await page.getByText('Replying to').waitFor()
  // Names by the keys alone.
  await page.keyboard.type('@b')
  await page.getByRole('option', { name: /@bob/ }).waitFor()
  await page.keyboard.press('Tab')
  t.is(await field.inputValue(), '@bob ')
  await page.keyboard.type('and @role:rev')
  await page.getByRole('option', { name: /role:reviewer/ }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.keyboard.type('yes')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('as it stands')
  await page.keyboard.press('Enter')
  await feed.getByText('as it stands').waitFor()
  t.is(await field.inputValue(), '')
  await page.getByText('Signed and in this node’s log.').waitFor()

  const inbox = await eventually(bob, async () => {
    const { items } = await bob.client.call('messages.read', {})
    return items.find(({ body }) => body.includes('as it stands'))
  })
  t.is(inbox.body, '@bob and @role:reviewer yes\nas it stands')
  t.like(inbox.said_in, { project_id: project, room: 'main' })
  const kept = await said(bob, 'as it stands')
  t.is(kept?.reply_to, (await said(bob, 'grammar'))?.id)
  t.deepEqual(
    kept?.mentions.map((one) => ('did' in one ? one.did : one.role)),
    [bob.info.did, 'reviewer'],
  )
  // Who was named by nobody is not shown as named, whatever the text looks like.
  const unnamed = feed.getByRole('article').filter({ hasText: 'It is not named' })
  t.is(await unnamed.getByRole('group', { name: 'Names' }).count(), 0)
  await feed.getByRole('article').filter({ hasText: 'as it stands' }).getByText('every reviewer').waitFor()
  await feed.getByRole('button', { name: /^Go to what it answers/ }).click()
  await lookAt(t, page, 'rooms')
})

test('what is refused comes back to where it was written, with the reason', async (t) => {
  const page = await world.open(t, world.alice, `/projects/${project}/rooms`)
  const field = page.getByRole('textbox', { name: 'Write a message' })
  const long = 'much too long '.repeat(20_000)
  await field.fill(long)
  await field.press('Enter')
  await page.getByRole('alert').getByText('is longer than 262144 bytes').waitFor()
  t.is((await field.inputValue()).length, long.length)
  t.is(await page.getByRole('article').filter({ hasText: 'much too long' }).count(), 0)
  await field.fill('')
})

test('a text is taken away after it was asked once, here and there', async (t) => {
  const { alice, bob } = world
  const { id } = await say(alice, 'the password is tulip')
  await eventually(bob, () => said(bob, 'tulip'))
  const [here, there] = await Promise.all([
    world.open(t, alice, `/projects/${project}/rooms`),
    world.open(t, bob, `/projects/${project}/rooms`),
  ])
  await there.getByText('the password is tulip').waitFor()
  const message = here.getByRole('article').filter({ hasText: 'tulip' })
  await message.hover()
  await message.getByRole('button', { name: /^Take away the text/ }).click()
  const dialog = here.getByRole('dialog')
  await dialog.getByRole('textbox').fill('A password.')
  await dialog.getByRole('button', { name: 'Take the text away' }).click()
  await here.getByText('The text was taken away.').waitFor()
  await there.getByText('The text was taken away.').waitFor()
  t.is(await there.getByText('tulip').count(), 0)
  const { items } = await bob.client.call('rooms.read', { project_id: project, room: 'main' })
  t.like(
    items.find((one) => one.id === id),
    { body: '', redacted: true },
  )
})

test('a room is opened, and what looks like another’s name is refused beside the field', async (t) => {
  const page = await world.open(t, world.alice, `/projects/${project}/rooms`)
  await page.getByRole('button', { name: 'Open a new room' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('maın')
  await dialog.getByRole('button', { name: 'Open', exact: true }).click()
  await dialog.getByText('there is the room #main').waitFor()
  await dialog.getByRole('textbox', { name: 'Name' }).fill('grammar')
  await dialog.getByRole('textbox', { name: 'Topic' }).fill('What the parser takes')
  await dialog.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByRole('region', { name: 'Room grammar' }).getByText('What the parser takes').waitFor()
  await page.getByRole('textbox', { name: 'Write a message' }).fill('first in the grammar')
  await page.keyboard.press('Enter')
  await page.getByRole('feed').getByText('first in the grammar').waitFor()
  await eventually(world.bob, () => said(world.bob, 'first in the grammar', 'grammar').catch(() => undefined))

  // Searched for in all rooms, it is gone to where it was said.
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('button', { name: /#main/ }).click()
  await page.getByRole('textbox', { name: 'Search in this project’s rooms' }).fill('first grammar')
  await page.getByText('Nothing was found.').waitFor()
  await page.getByText('All rooms').click()
  await page.getByRole('list', { name: 'Found messages' }).getByText('first in the grammar').click()
  await page.getByRole('region', { name: 'Room grammar' }).getByRole('feed').getByText('first in the grammar').waitFor()
  t.true(page.url().includes('message='))
})

test('hostile words stay words', async (t) => {
  const { alice, bob } = world
  const topic = `${hostileBodies[1]} topic`
  await bob.client.call('rooms.create', { project_id: project, name: '<b>EVIL<', topic })
  await eventually(alice, async () => (await rooms(alice)).some(({ name }) => name.includes('EVIL')) || undefined)
  for (const body of hostileBodies) await say(bob, `${body}\n@alice`, '<b>EVIL<')
  const first = await said(bob, hostileLines[0] ?? '', '<b>EVIL<')
  await say(bob, 'the end', '<b>EVIL<', first?.id)
  const page = await world.open(t, alice, `/projects/${project}/rooms`)
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('button', { name: /EVIL/ }).click()
  const feed = page.getByRole('feed')
  await feed.getByText('the end').waitFor()
  await staysText(t, page)
  t.true((await feed.getByText('(leads to evil.example)').count()) > 0)
  await feed.hover()
  await page.mouse.wheel(0, -3000)
  await feed.getByText('globalThis').first().waitFor()
  await staysText(t, page)
  await lookAt(t, page, 'rooms-hostile')
})

test(`${MANY} messages are scrolled back through without a jump`, async (t) => {
  const { alice } = world
  await alice.client.call('rooms.create', { project_id: project, name: 'long' })
  for (let at = 0; at < MANY; at += 100) {
    await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        say(alice, `number ${at + index} ${'word '.repeat(index % 40)}`, 'long'),
      ),
    )
  }
  const page = await world.open(t, alice)
  await go(page, `/projects/${project}/rooms?room=long`)
  const feed = page.getByRole('feed')
  await feed.getByRole('article').first().waitFor()
  const atEnd = () => feed.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight)
  t.true((await atEnd()) < 4, 'it begins at the newest')
  t.true((await page.getByRole('article').count()) < 60, 'only what is seen is in the page')
  const back = await feed.evaluate(farthest, { by: -240, steps: 120 })
  t.log(`the farthest that a message was from where it should be: ${back} px`)
  t.true(back <= 4, `${back} px`)
  await feed.press('Home')
  await page.waitForFunction(() => {
    const list = document.querySelector('[role=feed]')
    if (!list) return false
    list.scrollTop = 0
    return list.textContent?.includes('number 0 ')
  })
  // Between the 500th and the 800th, the list comes to the end of the rows that it knows, and takes others.
  await feed.evaluate((element) => {
    element.scrollTop = 500 * 76
  })
  const on = await feed.evaluate(farthest, { by: 400, steps: 60 })
  t.true(on <= 4, `${on} px`)
  const [, far] = /number (\d+) /.exec((await feed.getByRole('article').last().textContent()) ?? '') ?? []
  t.true(Number(far) > 810, `it came to number ${far}`)
  // What is said meanwhile does not move what is read, and is counted.
  await say(world.bob, 'news in the long room', 'long')
  await page.getByRole('button', { name: '1 new' }).click()
  await feed.getByText('news in the long room').waitFor()
  await page.waitForFunction(() => {
    const list = document.querySelector('[role=feed]')
    return list !== null && list.scrollHeight - list.scrollTop - list.clientHeight < 4
  })
  t.pass()
})

test('who is suspended is told so, as it happens, and says nothing', async (t) => {
  const { alice, bob } = world
  const page = await world.open(t, bob, `/projects/${project}/rooms`)
  await page.getByRole('textbox', { name: 'Write a message' }).waitFor()
  await alice.client.call('projects.suspend', { project_id: project, name: bob.info.did, reason: 'Too fast.' })
  await page.getByText('You are suspended in this project').waitFor()
  t.is(await page.getByRole('textbox', { name: 'Write a message' }).count(), 0)
})

/** From frame to frame, the first message that is seen moves by what was scrolled: the px that it was from there at most. Runs in the page. */
async function farthest(element: Element, { by, steps }: { by: number; steps: number }): Promise<number> {
  const places = () => {
    const top = element.getBoundingClientRect().top
    return new Map(
      [...element.querySelectorAll('article')].map((one) => [
        one.querySelector('.agora-foreign')?.textContent ?? '',
        one.getBoundingClientRect().top - top,
      ]),
    )
  }
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  await frame()
  await frame()
  let worst = 0
  for (let step = 0; step < steps && element.scrollTop > 0; step++) {
    const before = places()
    const moved = Math.max(by, -element.scrollTop)
    element.scrollTop += by
    await frame()
    await frame()
    // What is further down gives way to what is measured above it.
    const seen = [...places()].filter(([text, y]) => before.has(text) && y >= 0 && y <= element.clientHeight)
    const [text, y] = seen.sort(([, one], [, other]) => one - other)[0] ?? ['', 0]
    // It may stand still for a frame when older ones come in, but goes no other way and no further.
    const gone = ((before.get(text) ?? 0) - y) * Math.sign(by)
    worst = Math.max(worst, -gone, gone - Math.abs(moved))
  }
  return worst
}
