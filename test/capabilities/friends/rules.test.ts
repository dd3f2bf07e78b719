import test from 'ava'
import type { TrustLevel } from '../../../src/authority/trust.ts'
import {
  BARRED_FOR,
  type Change,
  type Command,
  confirm,
  decide,
  isBlank,
  noRelation,
  type Relation,
  receive,
  retell,
  type Word,
} from '../../../src/capabilities/friends/rules.ts'
import { fc } from '../../helpers/fast-check.ts'

/** One side with its outbox, as the daemon keeps them: words in order until they are receipted or expire. */
interface Side {
  relation: Relation
  outbox: Word[]
  /** Words taken in, as the daemon remembers what it has stored. */
  stored: Set<Word>
}
const side = (): Side => ({ relation: noRelation, outbox: [], stored: new Set() })

/** Two nodes and what is between them. Nothing here decides; the rules do. */
function pair() {
  const sides: [Side, Side] = [side(), side()]
  let now = 1_000_000

  function keep(me: Side, change: Change | undefined) {
    if (!change) return
    me.relation = isBlank(change.relation) ? noRelation : change.relation
    if (change.word) me.outbox = [...me.outbox, change.word]
  }

  /** Brings the word to the other side; answers whether its receipt says that it was kept. */
  function bring(word: Word, to: Side): 'stored' | 'too_soon' | 'unrelated' {
    if (to.stored.has(word)) return 'stored'
    const taken = receive(to.relation, word, now)
    if (typeof taken === 'string') return taken
    to.stored.add(word)
    keep(to, taken)
    return 'stored'
  }

  function receipt(me: Side, word: Word, what: 'stored' | 'too_soon' | 'unrelated') {
    me.outbox = me.outbox.filter((other) => other !== word)
    if (what === 'stored')
      return keep(me, { relation: confirm(me.relation, word.revision), word: undefined, news: undefined })
    if (word.revision !== me.relation.revision) return
    keep(me, decide(me.relation, { do: what === 'too_soon' ? 'refused' : 'forgotten' }, now))
  }

  return {
    sides,
    pass: (ms: number) => {
      now += ms
    },
    command: (who: 0 | 1, command: Command) => keep(sides[who], decide(sides[who].relation, command, now)),
    /** The oldest word of `who` goes over; its receipt may be lost on the way back. */
    step(who: 0 | 1, lost: boolean) {
      const me = sides[who]
      const [word] = me.outbox
      if (!word) return false
      const what = bring(word, sides[who === 0 ? 1 : 0])
      if (!lost) receipt(me, word, what)
      return true
    },
    expire: (who: 0 | 1) => sides[who].outbox.shift(),
    /** An old frame that was stored before comes once more. */
    repeat(who: 0 | 1, word: Word) {
      if (sides[who].stored.has(word)) bring(word, sides[who])
    },
    /** Both are connected and stay so. */
    meet() {
      for (let round = 0; round < 50; round++) {
        let busy = false
        for (const who of [0, 1] as const) {
          while (this.step(who, false)) busy = true
          const { relation, outbox } = sides[who]
          if (outbox.length === 0 && relation.confirmed < relation.revision) {
            keep(sides[who], retell(relation, now))
            busy = true
          }
        }
        if (!busy) return true
      }
      return false
    },
  }
}

const level = fc.integer({ min: 0, max: 4 }) as fc.Arbitrary<TrustLevel>
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constant('give' as const), trust: level, ask: fc.boolean() }),
  fc.record({ do: fc.constant('ask' as const), offer: level }),
  fc.record({ do: fc.constant('accept' as const), trust: level }),
  fc.constant({ do: 'reject' as const }),
  fc.constant({ do: 'remove' as const }),
)
const who = fc.constantFrom(0 as const, 1 as const)
const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('command' as const), who, command }) },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('step' as const), who, lost: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('expire' as const), who }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('repeat' as const), who, index: fc.nat(20) }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.constantFrom(1, 60_000, BARRED_FOR) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('meet' as const) }) },
)

test('whatever crosses, is lost, comes twice or expires: both sides agree once they have met', (t) => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const world = pair()
      const said: Word[] = []
      for (const one of events) {
        if (one.what === 'command') world.command(one.who, one.command)
        else if (one.what === 'step') world.step(one.who, one.lost)
        else if (one.what === 'expire') world.expire(one.who)
        else if (one.what === 'pass') world.pass(one.ms)
        else if (one.what === 'meet') world.meet()
        else {
          const word = said[one.index]
          if (word) world.repeat(one.who, word)
        }
        for (const { outbox } of world.sides) for (const word of outbox) if (!said.includes(word)) said.push(word)
      }
      if (!world.meet()) throw new Error('they never stop talking')
      const [a, b] = world.sides.map(({ relation }) => relation) as [Relation, Relation]
      for (const [mine, theirs] of [
        [a, b],
        [b, a],
      ] as const) {
        if (mine.gives !== undefined && mine.theirTrust !== theirs.gives)
          throw new Error(`takes itself to have ${mine.theirTrust}, has ${theirs.gives}`)
        if (mine.gives === undefined && mine.theirTrust !== undefined) throw new Error('knows of a trust it need not')
        if ((mine.asks === undefined) !== (theirs.theirAsk === undefined))
          throw new Error('a request waits on one side')
        if (mine.asks && theirs.theirAsk?.trust !== (mine.gives ?? mine.asks.offer)) throw new Error('another request')
        if (mine.asks && theirs.gives !== undefined) throw new Error('asks a friend')
      }
    }),
    { numRuns: 3_000 },
  )
  t.pass()
})

const meeting = (run: (world: ReturnType<typeof pair>) => void) => {
  const world = pair()
  run(world)
  world.meet()
  return world.sides.map(({ relation: { gives, theirTrust, asks, theirAsk } }) => [
    gives,
    theirTrust,
    asks !== undefined || theirAsk !== undefined,
  ])
}

test('adding asks, and the other side says yes or no', (t) => {
  const add = { do: 'give', trust: 3, ask: true } as const
  t.deepEqual(
    meeting((w) => w.command(0, add)),
    [
      [3, undefined, true],
      [undefined, undefined, true],
    ],
  )
  const answered = (answer: Command) =>
    meeting((w) => {
      w.command(0, add)
      w.meet()
      w.command(1, answer)
    })
  t.deepEqual(answered({ do: 'accept', trust: 2 }), [
    [3, 2, false],
    [2, 3, false],
  ])
  t.deepEqual(answered({ do: 'give', trust: 1, ask: true }), [
    [3, 1, false],
    [1, 3, false],
  ])
  t.deepEqual(answered({ do: 'reject' }), [
    [3, undefined, false],
    [undefined, undefined, false],
  ])
})

test('requests that cross accept each other, whoever gave first', (t) => {
  const commands: Command[] = [
    { do: 'give', trust: 4, ask: true },
    { do: 'ask', offer: 4 },
  ]
  for (const one of commands) {
    for (const other of commands) {
      const result = meeting((w) => {
        w.command(0, one)
        w.command(1, other)
      })
      t.deepEqual(result, [
        [4, 4, false],
        [4, 4, false],
      ])
    }
  }
})

test('asking first gives nothing before the answer, and what was offered with it', (t) => {
  const world = pair()
  world.command(0, { do: 'ask', offer: 3 })
  world.meet()
  t.is(world.sides[0].relation.gives, undefined)
  world.command(1, { do: 'accept', trust: 1 })
  world.meet()
  t.like(world.sides[0].relation, { gives: 3, theirTrust: 1 })
  t.like(world.sides[1].relation, { gives: 1, theirTrust: 3 })
})

test('a request taken back does not make friends of those who say yes to it', (t) => {
  const result = meeting((w) => {
    w.command(0, { do: 'ask', offer: 3 })
    w.step(0, false)
    w.command(0, { do: 'remove' })
    w.command(1, { do: 'accept', trust: 2 })
  })
  t.deepEqual(result, [
    [undefined, undefined, false],
    [2, undefined, false],
  ])
})

test('who was refused may ask again after a day, and at once when it is asked itself', (t) => {
  const world = pair()
  world.command(0, { do: 'ask', offer: 2 })
  world.meet()
  world.command(1, { do: 'reject', reason: 'who are you?' })
  t.like(world.sides[1].outbox[0], { type: 'friend.reject', reason: 'who are you?' })
  world.meet()
  world.command(0, { do: 'ask', offer: 2 })
  world.meet()
  t.is(world.sides[0].relation.asks, undefined)
  t.is(world.sides[1].relation.theirAsk, undefined)
  world.pass(BARRED_FOR)
  world.command(0, { do: 'ask', offer: 2 })
  world.meet()
  t.like(world.sides[1].relation.theirAsk, { trust: 2 })
  world.command(1, { do: 'reject' })
  world.meet()
  world.command(1, { do: 'ask', offer: 1 })
  world.command(0, { do: 'ask', offer: 2 })
  world.meet()
  t.like(world.sides[0].relation, { gives: 2, theirTrust: 1 })
})

test('a repeated request is the same one, with what it says now', (t) => {
  const world = pair()
  world.command(0, { do: 'ask', offer: 1, message: 'one' })
  world.meet()
  world.command(0, { do: 'ask', offer: 3, message: 'two' })
  world.meet()
  t.like(world.sides[1].relation.theirAsk, { trust: 3, message: 'two', given: false })
})
