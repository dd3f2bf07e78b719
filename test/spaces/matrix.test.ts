import test, { type ExecutionContext } from 'ava'
import {
  defaultProfile,
  type Profile,
  type Role,
  roleAllows,
  roles,
  type Stage,
  stages,
} from '../../src/authority/roles.ts'
import type { Operation } from '../../src/contract/operation.ts'
import { spacePermissions } from '../../src/contract/permissions.ts'
import { type AnyOperation, operations } from '../../src/operations.ts'
import { type Deed, deeds } from './matrix-deeds.ts'
import { matrixWorld } from './matrix-world.ts'

type World = Awaited<ReturnType<typeof matrixWorld>>

/** The code with which a deed is refused in a stage; undefined where it is allowed. */
type Refusal = (deed: Deed, stage: Stage) => string | undefined

const byRole =
  (role: Role, profile: Profile = defaultProfile): Refusal =>
  ({ needs }, stage) =>
    needs.every((need) => roleAllows(role, need, stage, profile)) ? undefined : 'not_permitted'

interface Trial {
  name: string
  refusal: Refusal
  /** Whose token asks the node over HTTP: nobody's when this is left out. */
  asks?: 'operator' | 'agent'
  /** Who signs the same at a node that asks nobody, as `mallory` or `claude@mallory`. */
  signs?: string
  in?: readonly Stage[]
  /** To whom a project is handed over. */
  heir?: string
  /** Who sets the stage. */
  leader?: string
  /** Before all is tried in a stage. */
  prepare?: (stage: Stage) => Promise<unknown>
}

/** Has everything asked over HTTP and signed by somebody else, and compares what becomes of it at the node, at another, and by the table. */
async function compare(t: ExecutionContext, world: World, trial: Trial) {
  const { name, refusal, asks, signs, heir = 'mallory', leader = 'alice' } = trial
  for (const stage of trial.in ?? stages) {
    const scenes = await world.scenes(stage, { heir, leader, at: ['asked', 'signed'] })
    await trial.prepare?.(stage)
    const earlier = new Set((await world.audit()).map(({ id }) => id))
    const written: string[] = []
    const signed: { id: string; what: string; expected: string }[] = []
    for (const deed of deeds) {
      const code = refusal(deed, stage)
      // Whoever has handed a project over has nothing more to try in it.
      if (deed.type === 'project.transfer' && !code && stage !== stages.at(-1)) continue
      const what = `${name} in ${stage}: ${deed.operation}`
      const status = code ? statusOfRefusal(code) : statusOf(deed, asks, stage)
      if (asks) {
        t.is(await world.asked(deed, scenes.asked, asks), code ? `${status} ${code}` : `${status}`, what)
        if (!code && status !== WAITS && deed.type && !deed.isIdle) written.push(deed.type)
      }
      const id = signs && world.signs(deed, scenes.signed, signs)
      if (id)
        signed.push({
          id,
          what,
          expected:
            deed.refusedWith && code ? deed.refusedWith : (code ?? (status === WAITS ? 'needs_person' : 'counts')),
        })
    }
    await world.exchange()
    const entries = await world.audit(earlier)
    for (const { id, what, expected } of signed) {
      const { verdict } = entries.find((entry) => entry.id === id) ?? {}
      t.deepEqual([...world.verdicts(id), verdict?.code ?? verdict?.state], Array(3).fill(expected), `${what}, signed`)
    }
    const own = entries.filter(({ author, type }) => author.did.startsWith(world.did) && type !== 'project.denied')
    t.deepEqual(own.map(({ type }) => type).sort(), written.sort(), `${name} in ${stage}: what came of it`)
    for (const { id, type } of own) t.deepEqual(world.verdicts(id), ['counts', 'counts'], type)
  }
}

const operationOf = (deed: Deed): Operation | undefined => operations.find(({ name }) => name === deed.operation)

const WAITS = 202
const statusOfRefusal = (code: string) => (code === 'project_archived' ? 409 : 403)

/** What is answered to somebody who may: what only an operator does waits for one when an agent asks for it. */
function statusOf(deed: Deed, asks: Trial['asks'], stage: Stage): number {
  const operation = operationOf(deed)
  const isForPerson = operation?.who === 'operator' || (deed.type === 'project.stage' && stage === 'deployment')
  return asks === 'agent' && isForPerson ? WAITS : (operation?.http.status ?? 200)
}

async function give(world: World, role: Role, ...names: string[]) {
  for (const who of names) world.p.write('alice', 'project.role', { who, role })
  await world.exchange()
}

const given = roles.filter((role) => role !== 'owner')

for (const role of given) {
  test.serial(
    `what ${role} may is the same asked of a node and signed by a dishonest one, in every stage`,
    async (t) => {
      await using world = await matrixWorld()
      await give(world, role, world.did, world.p.did('mallory'))
      await compare(t, world, { name: role, asks: 'operator', signs: 'mallory', refusal: byRole(role) })
    },
  )
}

test.serial('and so it is where a project takes away otherwise', async (t) => {
  await using world = await matrixWorld()
  const { p, did } = world
  const profile: Profile = {
    deployment: { overseer: ['project.invite', 'project.stage'], tester: ['room.message'] },
    investigation: { tester: ['task.create', 'report.submit'] },
  }
  p.write('alice', 'project.update', { profile })
  for (const role of ['tester', 'overseer'] as const) {
    await give(world, role, did, p.did('mallory'))
    const refusal = byRole(role, profile)
    await compare(t, world, {
      name: role,
      asks: 'operator',
      signs: 'mallory',
      refusal,
      in: ['investigation', 'deployment'],
    })
  }
})

for (const own of [undefined, ...given]) {
  test.serial(
    `${own ?? 'an'} agent may what both its role and its node’s allow, unnamed no more than a developer`,
    async (t) => {
      await using world = await matrixWorld()
      const { p, did } = world
      if (own) await give(world, own, `${did}#claude`, p.did('claude@mallory'))
      // Two that are both narrow say no more than one beside the widest.
      for (const nodes of own && own !== 'overseer' ? (['overseer'] as const) : given) {
        await give(world, nodes, did, p.did('mallory'))
        const [first, second] = [own ?? (nodes === 'overseer' ? 'developer' : nodes), nodes].map((role) => byRole(role))
        await compare(t, world, {
          ...{ name: `${own ?? 'an'} agent of ${nodes}`, asks: 'agent', signs: 'claude@mallory' },
          // Of what only an operator does its own role is no matter: it asks.
          refusal: (deed, stage) =>
            (operationOf(deed)?.who === 'operator' ? undefined : first?.(deed, stage)) ?? second?.(deed, stage),
          in: own === nodes ? ['review', 'deployment'] : ['implementation'],
        })
      }
    },
  )
}

test.serial('nobody who is suspended may do anything, and nobody anything in what is archived', async (t) => {
  await using world = await matrixWorld()
  const { p, did } = world
  const nodes = [did, p.did('mallory')]
  await give(world, 'overseer', ...nodes)
  const both = { asks: 'operator', signs: 'mallory', in: ['implementation'] } as const
  await compare(t, world, {
    ...{ ...both, name: 'suspended', refusal: () => 'suspended' },
    prepare() {
      for (const who of nodes) p.write('alice', 'project.suspend', { who })
      return world.exchange()
    },
  })
  for (const who of nodes) p.write('alice', 'project.unsuspend', { who })
  await compare(t, world, {
    ...{ name: 'suspended agent', refusal: () => 'suspended', asks: 'agent', signs: 'claude@mallory' },
    in: ['implementation'],
    prepare() {
      for (const who of [`${did}#claude`, p.did('claude@mallory')]) p.write('alice', 'project.suspend', { who })
      return world.exchange()
    },
  })
  await compare(t, world, {
    ...{ ...both, name: 'archived', refusal: () => 'project_archived' },
    prepare() {
      p.write('alice', 'project.archive', { archived: true })
      return world.exchange()
    },
  })
})

test.serial('without a token of this node nothing is done', async (t) => {
  await using world = await matrixWorld()
  const { asked, scenes } = world
  const scene = await scenes('implementation', { heir: 'mallory', at: ['asked'] })
  for (const deed of deeds)
    for (const who of ['nobody', 'forger'] as const)
      t.is(await asked(deed, scene.asked, who), '401 unauthenticated', `${who}: ${deed.operation}`)
})

test.serial('an owner may everything, asked of a node and signed by one alike', async (t) => {
  await using world = await matrixWorld()
  const { p, did, exchange, http } = world
  p.write('alice', 'project.transfer', { to: did })
  await exchange()
  // Only a keeper grants claims, and trying all has made alice it.
  const prepare = () => http('projects.keeper', { node: did }, 'operator').then(exchange)
  await compare(t, world, { name: 'owner', asks: 'operator', refusal: byRole('owner'), prepare })
  t.is(p.standing('alice').owner, p.did('mallory'))
  await compare(t, world, {
    name: 'owner',
    signs: 'mallory',
    refusal: byRole('owner'),
    leader: 'mallory',
    heir: 'alice',
  })
  t.is(p.standing('alice').owner, p.did('alice'))
})

test.serial('everything that needs anything of a role is tried', (t) => {
  const tried = new Set<string>(deeds.map(({ operation }) => operation))
  const needsMore = (operation: AnyOperation) => {
    const { needs = () => [] }: Operation = operation
    return needs({}).some((need) => need !== 'project.read')
  }
  const untried = operations.filter((operation) => needsMore(operation) && !tried.has(operation.name))
  t.deepEqual(
    untried.map(({ name }) => name),
    [],
  )
  const permissions = new Set(deeds.flatMap(({ needs }) => needs))
  t.deepEqual(
    spacePermissions.filter((permission) => !permissions.has(permission)),
    ['project.read', 'denial.tell'],
  )
})
