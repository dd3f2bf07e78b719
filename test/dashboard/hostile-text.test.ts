import ava from 'ava'
import { go, type Stage, stage, test } from '../helpers/browser.ts'
import { hostileBodies, staysText } from '../helpers/hostile-texts.ts'
import { eventually } from '../helpers/processes.ts'

let world: Stage
ava.before(async () => {
  world = await stage()
})
ava.after.always(() => world?.[Symbol.asyncDispose]())

/** What has run in some page somewhere, and what looks like something it is not. Each sets `owned`, were it to run. */
const corpus = [
  '<script>owned=1</script>',
  '<img src=x onerror=owned=1>',
  '<svg/onload=owned=1>',
  '<svg><animate onbegin=owned=1 attributeName=x dur=1s>',
  '<iframe srcdoc="<script>parent.owned=1</script>"></iframe>',
  '<details open ontoggle=owned=1>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=owned=1&gt;">',
  '<style>*{display:none!important}</style><link rel=stylesheet href=https://evil.example/x.css>',
  '<form action=https://evil.example><button>Sign in again</button></form><base href=https://evil.example/>',
  '"><input autofocus onfocus=owned=1 x="',
  "'-alert(1)-' {{owned=1}} <%= owned=1 %> #{owned=1}",
  '[click](javascript:owned=1) [click](data:text/html,<script>owned=1</script>) [a](JaVaScRiPt:owned=1)',
  '![see](https://evil.example/pixel.png) ![x](x" onerror="owned=1)',
  '[docs](https://evil.example/login "http://127.0.0.1") <https://evil.example/@127.0.0.1>',
  '<a href="javascript:owned=1">x</a> <javascript:owned=1>',
  '```\n</code></pre><script>owned=1</script>\n```',
  '|a|b|\n|-|-|\n|<img src=x onerror=owned=1>|`<svg onload=owned=1>`|',
  '\u202eevil\u202c \u2066hidden\u2069 \u200f\u{e0041}\u{e0042} zero\u0000null \u001b[2J\u001b]0;x\u0007',
  'Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308'.repeat(20),
  '# Agora\n\n**This sign-in has ended.** Type your passphrase here: [____]',
  'ref &#x202e;evil&#8236; &rlm; `x` [l](https://evil.example "&#x2066;t") ![&#x202e;alt](p.png) \n\n```x&#x202e;y\nz\n```',
  '__proto__ constructor toString &lt;script&gt;owned=1&lt;/script&gt; &#x3c;img src=x onerror=owned=1>',
  ...hostileBodies,
]
const all = corpus.join('\n\n')
const title = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, 120)
    .toWellFormed()

/** What would be there if a text had become more than text. */
const found = () => {
  const attributes = [...document.querySelectorAll('*')].flatMap((element) => [...element.attributes])
  return {
    ran: 'owned' in globalThis,
    handlers: attributes.filter(({ name }) => name.startsWith('on')).map(({ name, value }) => `${name}=${value}`),
    scripts: [...document.querySelectorAll('script:not([src^="/assets/"])')].length,
    framed: document.querySelectorAll('iframe, object, embed, base, form[action]').length,
    pictures: [...document.images]
      .map(({ src }) => src)
      .filter((src) => !/^(data:|http:\/\/127[.]0[.]0[.]1:\d+\/assets\/)/.test(src)),
    links: [...document.querySelectorAll('a[href]')]
      .map((link) => (link as HTMLAnchorElement).href)
      .filter((href) => !/^https?:/.test(href)),
    styled: [...document.querySelectorAll('style')].filter(({ nonce }) => !nonce).length,
    // Who edits a text edits it as it is.
    turned: [...document.querySelectorAll('body *:not(textarea)')]
      .flatMap(({ childNodes }) => [...childNodes])
      .filter((node) => node.nodeType === Node.TEXT_NODE)
      .some((node) => /[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u.test(node.textContent ?? '')),
    turnedWithin: attributes
      .filter(({ name, value }) => name !== 'value' && /[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u.test(value))
      .map(({ name, value }) => `${name}=${value}`),
  }
}
const nothing = {
  ran: false,
  handlers: [],
  scripts: 0,
  framed: 0,
  pictures: [],
  links: [],
  styled: 0,
  turned: false,
  turnedWithin: [],
}

test('whatever others write stays text, on every page', async (t) => {
  const { alice, bob } = world
  const project = await bob.client.call('projects.create', { name: title(corpus[0] ?? ''), description: all })
  const { id: project_id } = project
  await bob.client.call('invitations.send', {
    project_id,
    peer_name: 'alice',
    role: 'overseer',
    message: all.slice(0, 500),
  })
  const invitation = await eventually(alice, async () => (await alice.client.call('invitations.list', {})).items[0])
  await alice.client.call('invitations.accept', { id: invitation.id })
  await Promise.all([
    ...corpus.flatMap((text) => [
      bob.client.call('tasks.create', { project_id, title: title(text), description: text }),
      bob.client.call('rooms.say', { project_id, room: 'main', body: text }),
      bob.client.call('messages.send', { to: alice.info.did, body: text }),
    ]),
    bob.client.call('decisions.record', { project_id, title: title(all), text: all, reasons: all }),
    bob.client.call('reports.submit', { project_id, title: title(corpus[2] ?? ''), text: all }),
    bob.client.call('projects.clock_in', { project_id, focus: all.slice(0, 500) }),
    bob.client.call('rooms.create', { project_id, name: 'side', topic: all.slice(0, 1900) }),
    bob.client.call('agents.register', {
      name: 'mallory',
      kind: title(corpus[0] ?? '').slice(0, 64),
      model: corpus[1] ?? '',
    }),
  ])
  // A stranger may say only so much, but may.
  const mallory = await world.lab.start('mallory')
  await mallory.client.call('node.connect', { address: alice.address })
  await mallory.client.call('messages.send', { to: alice.info.did, body: all, wait_for: 'stored', timeout: 60 })
  await mallory.client.call('friend_requests.send', { peer_name: alice.info.did, message: all.slice(0, 500) })
  await eventually(alice, async () => (await alice.client.call('friend_requests.list', {})).items[0])

  const page = await world.open(t, alice, '/')
  page.on('dialog', (dialog) => t.fail(`a dialog: ${dialog.message()}`))
  const of = (part: string) => `/projects/${project_id}/${part}`
  const places: [path: string, saysIt: boolean][] = [
    ['/', true],
    ['/projects', true],
    [of('board'), true],
    [of('rooms'), true],
    [of('team'), true],
    [of('stages'), false],
    [of('timeline'), false],
    [of('records'), true],
    [of('audit'), true],
    [of('settings'), true],
    ['/agents', true],
    [`/agents/${encodeURIComponent(`${bob.info.did}#mallory`)}`, true],
    ['/network', true],
    ['/messages', true],
    ['/messages?view=requests', true],
    ['/settings', false],
  ]
  for (const [path, saysIt] of places) {
    await go(page, path)
    await page.locator('[role=status][aria-label^=Loading]').first().waitFor({ state: 'detached' })
    // Or it would have been shown that nothing is shown.
    if (saysIt) await page.getByText('owned=1').first().waitFor({ state: 'attached' })
    t.deepEqual(await page.evaluate(found), nothing, path)
    await staysText(t, page)
  }
})
