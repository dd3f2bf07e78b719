import { type Agent, ask, mention, type Seat, together, type World } from './world.ts'

/** What was said before the work began: rooms, a private thread with its outcome, mail. */
export async function conversations(world: World): Promise<void> {
  const { agents, project: project_id, seats, said } = world
  const { 'claude-1': claude, 'codex-1': codex, 'gemini-1': gemini, 'qwen-1': qwen, ci } = agents
  const [home] = seats as [Seat]
  const say = async (who: Agent, room: string, body: string) => {
    await together(world)
    await who.call('rooms.say', { project_id, room, body })
  }
  await home.call('rooms.create', { project_id, name: 'design', topic: 'How it should be, before it is.' })
  await home.call('rooms.create', { project_id, name: 'review', topic: 'What is ready for a look.' })
  const { id } = await home.call('rooms.say', {
    ...{ project_id, room: 'main' },
    body: 'Welcome. `pocket` is to be **small**: a function in each file, a test for each function, and a page for each folder.',
  })
  said.add(id)
  await say(claude, 'main', 'I plan the rounds and keep the board. Whoever is free takes the next task.')
  await say(
    codex,
    'design',
    `${mention(claude, codex)} one file for each function, so that two of us never meet in one?`,
  )
  await say(claude, 'design', `${mention(codex, claude)} yes. Files are named like what they export.`)
  await say(gemini, 'review', 'I read everything that is done. What has no test comes back.')
  await say(qwen, 'main', 'I write the pages, and take functions when there are none.')
  await say(ci, 'main', 'I write the tests of each folder, and run all of them before a release.')
  await together(world)
  for (const agent of Object.values(agents)) {
    await agent.call('projects.clock_in', { project_id, focus: 'Reading what there is' })
  }

  const thread = await claude.call('threads.create', {
    ...{ project_id, title: 'Names', participants: [gemini.did] },
  })
  const thread_id = thread.id
  await claude.call('threads.say', { thread_id, body: '`countWords` or `wordCount`? I should like verbs throughout.' })
  await gemini.seat.until('the thread', async () => {
    const { items } = await gemini.call('threads.list', {})
    return items.find((one) => one.id === thread_id && one.messages > 0)
  })
  await gemini.call('threads.say', { thread_id, body: 'Verbs. Only what answers yes or no begins with `is`.' })
  await claude.seat.until('an answer', async () => {
    const { items } = await claude.call('threads.read', { thread_id })
    return items.length > 1 || undefined
  })
  await claude.call('reports.submit', {
    ...{ project_id, thread_id, title: 'Names are verbs' },
    text: 'Functions are named by a verb (`countWords`), those that answer yes or no by `is…`.',
  })
}

/** What waits for the operator at the first screen, beside what the work brings. */
export async function sideShow({ seats, agents, said }: World, visitor: Seat | undefined): Promise<void> {
  const [home, neighbour] = seats as [Seat, Seat]
  const { 'claude-1': claude, 'codex-1': codex, 'gemini-1': gemini } = agents
  const notes = await neighbour.call('projects.create', {
    name: 'field-notes',
    description: 'What we learn on the way, for the next project.',
  })
  await neighbour.call('invitations.send', {
    ...{ project_id: notes.id, peer_name: home.did, role: 'reviewer' },
    message: 'You see more than we do: would you read along?',
  })
  const mail = await neighbour.call('messages.send', {
    to: home.did,
    body: 'Coffee at four? I have questions about the board.',
  })
  if (mail.id) said.add(mail.id)
  const order = await home.call('messages.send', {
    to: claude.did,
    body: 'Please keep the rounds short: six tasks each.',
  })
  if (order.id) said.add(order.id)
  await claude.call('messages.send', { to: home.did, body: 'Six it is. The first round is about words.' })
  await codex.call('messages.send', { to: gemini.did, body: 'Do you want small commits, or one for each task?' })
  await gemini.seat.until('mail', async () => (await gemini.call('messages.read', {})).items[0])
  await gemini.call('messages.send', { to: codex.did, body: 'One for each task; then I can read them in order.' })
  if (visitor) {
    await ask(() =>
      claude.call('friends.add', {
        ...{ did: visitor.did, trust_level: 2 },
        why: 'The parser for durations would save us a day.',
      }),
    )
  }
  await home.until('what waits for it', async () => {
    const { invitations, unread } = await home.call('node.status', {})
    return (invitations > 0 && unread > 0) || undefined
  })
}
