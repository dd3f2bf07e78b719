import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { ALICE, BOB, refuse, standIn } from '../../helpers/cli.ts'
import { ID } from '../../helpers/cli-answers.ts'
import { projectAnswers, SPACE } from '../../helpers/project-answers.ts'

const withGit = spawnSync('git', ['--version']).status === 0 ? test : test.skip
const OTHER = '8g4bCd1fQmWvE2rTyUiHoPaSdFgJkLzXcVbNm1234567'

const project = (id: string, name: string, repo?: string, owner = ALICE) => ({ id, name, repo, owner: { did: owner } })
const list = (...items: object[]) => ({ ...projectAnswers, 'GET /projects': { items } })
const mine = project(SPACE, 'my-feature', 'https://example.org/a/parser')
const theirs = project(OTHER, 'Other', 'git@example.org:a/other.git')

/** A stand-in daemon and a checkout in its folder. */
async function inCheckout(answers: ReturnType<typeof list>, remote?: string) {
  const alice = await standIn(answers)
  const cwd = join(alice.folder, 'parser')
  mkdirSync(join(cwd, 'src'), { recursive: true })
  execFileSync('git', ['init', '-q'], { cwd })
  if (remote !== undefined) execFileSync('git', ['remote', 'add', 'origin', remote], { cwd })
  const run = (...argv: string[]) => alice.run(argv, { io: { cwd: join(cwd, 'src') } })
  return { ...alice, cwd, run, elsewhere: (...argv: string[]) => alice.run(argv) }
}

const clocked = (asked: string[]) => asked.filter((each) => each.includes('clock-out'))

test('a project is named by its id, a beginning of it, or its name', async (t) => {
  await using alice = await standIn(list(mine, theirs))
  for (const typed of [SPACE, SPACE.slice(0, 4), 'my-feature']) {
    const { code, err } = await alice.run(['project', 'clock-out', typed])
    t.deepEqual([code, err], [0, ''], typed)
  }
  t.is(new Set(clocked(alice.asked)).size, 1)
  const none = await alice.run(['project', 'clock-out', 'MY-FEATURE'])
  t.is(none.code, 1)
  t.regex(none.err, /no project "MY-FEATURE"[\s\S]*agora project list/)
})

test('what fits several is told with what tells them apart', async (t) => {
  const twin = project(`${SPACE.slice(0, 9)}x${SPACE.slice(10)}`, 'my-feature')
  await using alice = await standIn(list(mine, twin))
  for (const typed of ['my-feature', SPACE.slice(0, 6)]) {
    const { code, err } = await alice.run(['project', 'clock-out', typed])
    t.is(code, 1)
    t.true(err.includes(`- ${SPACE.slice(0, 10)}  my-feature`) && err.includes(`- ${twin.id.slice(0, 10)}  `), err)
  }
  t.deepEqual(clocked(alice.asked), [])
})

test('outside of a checkout the only project is meant, and of several none', async (t) => {
  await using alone = await standIn(list(mine))
  t.is((await alone.run(['project', 'clock-out'])).code, 0)
  await using several = await standIn(list(mine, theirs))
  const { code, err } = await several.run(['project', 'clock-out'])
  t.is(code, 2)
  t.regex(err, /Which project\?/)
  await using none = await standIn(list())
  t.regex((await none.run(['project', 'clock-out'])).err, /none at work here[\s\S]*agora project create/)
})

test('an argument too few is not taken for a task’s title', async (t) => {
  await using alice = await standIn(list(mine))
  const { code, err } = await alice.run(['project', 'add-task', SPACE.slice(0, 8)])
  t.is(code, 2)
  t.regex(err, /<title> is missing/)
  t.is((await alice.run(['project', 'add-task', 'my-feature'])).code, 0)
  t.true(alice.asked.at(-1)?.endsWith('{"title":"my-feature"}'))
})

withGit('inside a checkout the project of its remote is meant, however that is reached', async (t) => {
  await using alice = await inCheckout(list(mine, theirs), 'git@example.org:a/parser.git')
  const { code, err } = await alice.run('project', 'clock-out')
  t.deepEqual([code, err], [0, ''])
  t.deepEqual(clocked(alice.asked), [`POST /projects/${SPACE}/clock-out`])
})

withGit('of a project of somebody else the remote alone is not enough: its owner could name any', async (t) => {
  const foreign = project(SPACE, 'my-feature', 'https://example.org/a/parser', BOB)
  await using alice = await inCheckout(list(foreign), 'git@example.org:a/parser.git')
  const { code, err } = await alice.run('project', 'say', 'x')
  t.is(code, 2)
  t.regex(err, /No project belongs to the checkout parser\.\n {2}- 7f3aBc9d {2}my-feature\n/)
  t.is((await alice.run('project', 'use', 'my-feature')).code, 0)
  t.is((await alice.run('project', 'say', 'x')).code, 0)
})

withGit('a project that was joined anywhere is meant in checkouts of the repository it had then', async (t) => {
  const joined = { ...project(SPACE, 'my-feature', 'https://example.org/a/parser', BOB), status: 'member' }
  await using alice = await inCheckout(list(joined), 'git@example.org:a/parser.git')
  t.is((await alice.elsewhere('project', 'join', ID)).code, 0)
  t.is((await alice.run('project', 'clock-out')).code, 0)
})

withGit('a checkout that belongs to no project means none, also when there is only one', async (t) => {
  await using alice = await inCheckout(list(theirs), 'git@example.org:a/parser.git')
  const { code, err } = await alice.run('project', 'add-task', 'x')
  t.is(code, 2)
  t.regex(err, /No project belongs to the checkout parser\.[\s\S]*agora project use/)
})

withGit('a project that was chosen for a checkout is remembered there, until it is left', async (t) => {
  await using alice = await inCheckout(list(mine, theirs))
  t.is((await alice.run('project', 'clock-out')).code, 2)
  const used = await alice.run('project', 'use', 'my-feature')
  t.is(used.out, 'Commands inside the checkout parser mean my-feature from now on.\n')
  t.is((await alice.run('project', 'clock-out')).code, 0)
  t.deepEqual(JSON.parse(readFileSync(alice.home.checkouts, 'utf8')), { [join(alice.cwd, '.git')]: SPACE })
  t.is((await alice.run('project', 'leave')).code, 0)
  t.is((await alice.run('project', 'clock-out')).code, 2)
})

withGit(
  'what is created in a checkout takes its name and remote, without its password, and is remembered',
  async (t) => {
    await using alice = await inCheckout(list(mine, theirs), 'https://alice:secret@example.org/a/parser')
    const { code, out } = await alice.run('project', 'create')
    t.is(code, 0)
    t.is(alice.asked.at(-1), 'POST /projects {"name":"parser","repo":"https://example.org/a/parser"}')
    t.regex(out, /this checkout’s/)
    t.is((await alice.run('project', 'clock-out')).code, 0)
    await alice.run('project', 'create', 'x', '--repo', '')
    t.is(alice.asked.at(-1), 'POST /projects {"name":"x"}')
    await alice.run('project', 'create', 'x', '--repo', 'https://example.org/b', '--description', 'd')
    t.is(alice.asked.at(-1), 'POST /projects {"name":"x","description":"d","repo":"https://example.org/b"}')
  },
)

withGit('a file of remembered projects that is damaged remembers nothing', async (t) => {
  await using alice = await inCheckout(list(mine, theirs))
  const { writePrivate } = await import('../../../src/store/private-file.ts')
  for (const text of ['', '[]', '{"x": 1}', `{"${join(alice.cwd, '.git')}": "${OTHER.replace('8', '9')}"}`]) {
    writePrivate(alice.home.checkouts, text)
    t.regex((await alice.run('project', 'clock-out')).err, /No project belongs/)
  }
})

test('claim takes its one argument for the project, if there is one of that name, else for a task', async (t) => {
  const claims = {
    [`POST /projects/${SPACE}/tasks/abcd/claim`]: projectAnswers[`POST /projects/${SPACE}/tasks/claim`],
    [`POST /projects/${SPACE}/tasks/7f3a/claim`]: refuse(409, { code: 'claimed', detail: 'x' }),
  }
  await using alice = await standIn({ ...list(mine), ...claims })
  const asked = async (...argv: string[]) => {
    alice.asked.length = 0
    await alice.run(['project', 'claim', ...argv])
    return alice.asked.find((each) => each.includes('claim'))
  }
  t.is(await asked(), `POST /projects/${SPACE}/tasks/claim`)
  t.is(await asked('my-feature', '--label', 'css'), `POST /projects/${SPACE}/tasks/claim {"labels":["css"]}`)
  t.is(await asked('abcd'), `POST /projects/${SPACE}/tasks/abcd/claim`)
  t.is(await asked('my-feature', 'abcd'), `POST /projects/${SPACE}/tasks/abcd/claim`)
  t.is(await asked('nonsense', 'abcd'), undefined)
  t.is((await alice.run(['project', 'claim', 'abcd', '--label', 'css'])).code, 2)
})
