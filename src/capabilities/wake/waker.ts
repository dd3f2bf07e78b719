import { dirname } from 'node:path'
import { sleep } from '../../base/clock.ts'
import { nodeOf } from '../../base/did.ts'
import { messageOf } from '../../base/errors.ts'
import { newId } from '../../base/ids.ts'
import { displayText } from '../../base/text.ts'
import { OPERATOR_INBOX } from '../../core/events.ts'
import { cleanName, hookEnvironment } from './environment.ts'
import { type Caller, wakeFiles } from './file.ts'
import { agentOf, type Hook, type Hooks } from './hooks.ts'
import type { Notes } from './notes.ts'
import type { WakeParts } from './parts.ts'
import { type HookEnd, processMark, runHook, signalGroup } from './process.ts'
import { programFault } from './program.ts'
import { type Call, lastMidnight, nextStep } from './rules.ts'
import type { CallRow, RunRow, WakeTables } from './tables.ts'

/** Ms after which what the disk refused is tried again. */
const RETRY = 30_000

/** Decides for each inbox whether to wake its reader, and does. All that must outlive a crash is on disk before it is done. */
export function createWaker(parts: WakeParts, tables: WakeTables, hooks: Hooks, notes: Notes) {
  const { clock, key, database, events, book, directory, agents, readers, log, mail, home } = parts
  const files = wakeFiles(home.wake, { did: key.did, name: home.name })
  const timers = new Map<string, { at: number; cancel: () => void }>()
  const running = new Map<string, { stop: AbortController; ended: Promise<void> }>()
  let isStarted = false

  /** A call as the rules see it; undefined when it calls no more: it was read, its sender may wake nobody now, or there is nobody to wake. */
  function callOf(row: CallRow): Call | undefined {
    const agent = agentOf(row.inbox)
    if (agent !== undefined && !agents.has(agent)) return undefined
    if (!notes.mayWake(row.from_did)) return undefined
    if (row.message !== null && !mail.isUnread(row.inbox, row.message)) return undefined
    const local = nodeOf(row.from_did) === key.did
    return {
      ...row,
      payer: payerOf(row.from_did),
      trust: local ? 4 : book.trust(nodeOf(row.from_did)),
    }
  }

  /** A friend is one, however many agents it has; those of this node are each for themselves. The operator wakes as often as it likes. */
  function payerOf(from: string): string | undefined {
    if (nodeOf(from) !== key.did) return nodeOf(from)
    return from === key.did ? undefined : from
  }

  function wokenToday(inbox: string): (payer: string) => number {
    const counts = new Map<string, Set<string>>()
    for (const { run, from_did } of tables.wokenSince(inbox, lastMidnight(clock.now()))) {
      const payer = payerOf(from_did)
      if (payer === undefined || run === null) continue
      counts.set(payer, (counts.get(payer) ?? new Set()).add(run))
    }
    return (payer) => counts.get(payer)?.size ?? 0
  }

  /** Within a write: those of the rows that are there, as they are now. */
  function stillWaiting(inbox: string, rows: CallRow[]): CallRow[] {
    const positions = new Set(rows.map((row) => row.position))
    return rows.length === 0 ? [] : tables.waiting(inbox).filter((row) => positions.has(row.position))
  }

  /** Asks the rules at that time, or before if that was said already. */
  function schedule(inbox: string, at: number): void {
    const waiting = timers.get(inbox)
    if (waiting && waiting.at <= at) return
    waiting?.cancel()
    const cancel = clock.after(at - clock.now(), () => {
      timers.delete(inbox)
      consider(inbox)
    })
    timers.set(inbox, { at, cancel })
  }

  function consider(inbox: string): void {
    const hook = hooks.for(inbox)
    if (!isStarted || !hook) return
    try {
      decide(inbox, hook)
    } catch (error) {
      // Whoever read, or wrote, must not suffer from it.
      log.error({ inbox, error: messageOf(error) }, 'whether to wake could not be decided')
      schedule(inbox, clock.now() + RETRY)
    }
  }

  function decide(inbox: string, hook: Hook): void {
    const rows = tables.waiting(inbox)
    if (rows.length === 0) return
    const calls = rows.map((row) => callOf(row))
    const step = nextStep(
      {
        policy: hook.policy,
        calls: calls.filter((call) => call !== undefined),
        isRunning: running.has(inbox),
        isReading: readers.isReading(inbox),
        lastRead: readers.lastRead(inbox),
        lastEnd: tables.lastEnd(inbox),
        wokenToday: wokenToday(inbox),
      },
      clock.now(),
    )
    const rowsOf = (some: Call[]) => rows.filter((row) => some.some((call) => call.position === row.position))
    if (step.until !== undefined) schedule(inbox, step.until)
    const gone = rows.filter((_, index) => calls[index] === undefined)
    const denied = rowsOf(step.denied.map(({ call }) => call))
    const awake = rowsOf(step.awake)
    if (gone.length + denied.length + awake.length > 0) {
      database
        .write(() => {
          notes.tell(stillWaiting(inbox, awake), 'awake')
          tables.removeCalls([...gone, ...awake].map((row) => row.position))
          const untold = stillWaiting(inbox, denied).filter((row) => row.note !== 'wake_denied')
          notes.tell(untold, 'wake_denied')
          for (const row of untold) {
            const why = step.denied.find(({ call }) => call.position === row.position)?.why
            events.emit('wake.denied', inbox, { id: row.envelope_id, from: row.from_did, why })
          }
        })
        .catch((error) => log.warn({ inbox, error: messageOf(error) }, 'what a call came to could not be noted'))
    }
    if (step.wake.length > 0) void wake(inbox, hook, rowsOf(step.wake))
  }

  async function wake(inbox: string, hook: Hook, rows: CallRow[]): Promise<void> {
    const ended = Promise.withResolvers<void>()
    const stop = new AbortController()
    running.set(inbox, { stop, ended: ended.promise })
    try {
      const begun = await kept(stop.signal, () => begin(inbox, hook, rows))
      if (begun) {
        const end = await execute(hook, inbox, begun, stop.signal)
        await kept(stop.signal, () => finish(inbox, hook, begun.run, end))
      }
    } catch (error) {
      log.error({ inbox, error: messageOf(error) }, 'a wake was not written down; the next start takes it up')
    } finally {
      running.delete(inbox)
      ended.resolve()
    }
    consider(inbox)
  }

  /** Writes, and tries again while the disk refuses, until it is to stop. */
  async function kept<Result>(signal: AbortSignal, work: () => Result): Promise<Result> {
    for (;;) {
      try {
        return await database.write(work)
      } catch (error) {
        if (signal.aborted) throw error
        log.warn({ error: messageOf(error) }, 'a wake cannot be written down yet')
        await sleep(clock, RETRY, signal)
      }
    }
  }

  /** Within a write: what is still to be told of; undefined when that was all read meanwhile. */
  function begin(inbox: string, hook: Hook, rows: CallRow[]): { run: string; callers: Caller[] } | undefined {
    const calls = stillWaiting(inbox, rows).filter((row) => callOf(row) !== undefined)
    if (calls.length === 0) return undefined
    const now = clock.now()
    const run = newId(now)
    tables.insertRun({ id: run, inbox, command: JSON.stringify(hook.command), calls: calls.length, started_at: now })
    tables.changeCalls(
      calls.map((call) => call.position),
      { run },
    )
    notes.tell(calls, 'waking')
    events.emit('wake.started', inbox, { run, ...agentIn(inbox), calls: calls.length, from: sendersOf(calls) })
    if (hook.policy.notify) notice(inbox, `${whoIn(inbox)} is woken for ${callsOf(calls)}.`, run)
    return { run, callers: calls.map(callerOf) }
  }

  function callerOf(row: CallRow): Caller {
    const node = nodeOf(row.from_did)
    const mailed = row.message === null ? undefined : mail.text(row.message)
    return {
      kind: row.kind,
      id: row.envelope_id,
      conversation_id: mailed?.conversation_id,
      did: row.from_did,
      name: directory.nameOf(row.from_did),
      trust: node === key.did ? undefined : book.trust(node),
      human: node === row.from_did,
      at: row.at,
      text: mailed?.text ?? row.reason ?? '',
      more: mailed?.where,
    }
  }

  async function execute(
    { command: [program, ...args], cwd, policy }: Hook,
    inbox: string,
    { run, callers }: { run: string; callers: Caller[] },
    signal: AbortSignal,
  ): Promise<HookEnd> {
    const fault = programFault(program)
    if (fault !== undefined) return { outcome: 'failed', error: `${program} ${fault}`, output: '' }
    const [first] = callers
    const agent = agentOf(inbox)
    try {
      const file = files.write(run, agent, callers)
      const env = hookEnvironment(parts.env, {
        AGORA_HOME: dirname(home.dir),
        AGORA_NAME: home.name,
        AGORA_NODE: key.did,
        AGORA_API_URL: parts.apiUrl(),
        AGORA_WAKE_FILE: file,
        AGORA_WAKE_KIND: first?.kind ?? 'message',
        AGORA_WAKE_COUNT: String(callers.length),
        AGORA_FROM: nodeOf(first?.did ?? key.did),
        AGORA_FROM_NAME: cleanName(first?.name ?? ''),
        ...(agent === undefined ? {} : { AGORA_AGENT: agent, AGORA_TOKEN_FILE: parts.tokenFile(agent) }),
      })
      log.info({ run, inbox, program }, 'waking')
      const onStart = (pid: number) => {
        // Should this daemon be killed, the next one knows by this whom to end.
        const noted = database.write(() => tables.changeRun(run, { pid, mark: processMark(pid) ?? null }))
        noted.catch((error) => log.warn({ run, error: messageOf(error) }, 'a hook’s process could not be noted'))
      }
      return await runHook(
        { program, args, cwd, env, timeout: policy.timeout_seconds * 1000 },
        { clock, signal, onStart },
      )
    } catch (error) {
      return { outcome: 'failed', error: messageOf(error), output: '' }
    } finally {
      try {
        files.remove(run)
      } catch (error) {
        log.warn({ run, error: messageOf(error) }, 'the file of a wake could not be removed')
      }
    }
  }

  /** Within a write: what it came to, told to those who still wait for it. */
  function finish(inbox: string, hook: Hook, run: string, end: HookEnd): void {
    const { outcome, code, signal, error } = end
    tables.changeRun(run, {
      ended_at: clock.now(),
      outcome,
      code: code ?? null,
      signal: signal ?? null,
      error: error ?? null,
      output: end.output,
    })
    const left = tables.callsOf(run).filter((call) => callOf(call) !== undefined)
    const unread = left.filter((call) => call.kind === 'message')
    const facts = { run, ...agentIn(inbox), outcome, ...(code === undefined ? {} : { code }), unread: unread.length }
    if (outcome === 'stopped') {
      again(left)
      events.emit('wake.finished', inbox, facts)
      return
    }
    const requests = left.filter((call) => call.kind === 'request')
    notes.tell(unread, outcome === 'done' ? 'wake_idle' : 'wake_failed')
    notes.tell(requests, outcome === 'done' ? 'woken' : 'wake_failed')
    const isGood = outcome === 'done'
    events.emit(isGood ? 'wake.finished' : 'wake.failed', inbox, {
      ...facts,
      ...(signal === undefined ? {} : { signal }),
      ...(error === undefined ? {} : { error: displayText(error) }),
    })
    if (!hook.policy.notify || (isGood && unread.length === 0)) return
    const what = isGood ? 'was woken, and has not read its mail' : `could not be woken (${said(end)})`
    notice(inbox, `${whoIn(inbox)} ${what}.`, run)
  }

  /** Within a write: they wait anew. What they had a part in still counts for the day. */
  function again(calls: CallRow[]): void {
    for (const { position: _, ...call } of calls) tables.insertCall({ ...call, run: null })
  }

  function notice(inbox: string, text: string, run: string): void {
    events.emit('wake.notice', OPERATOR_INBOX, { text, run, ...agentIn(inbox) })
  }

  const sendersOf = (calls: CallRow[]) => [...new Set(calls.map((call) => call.from_did))].slice(0, 20)
  const callsOf = (calls: CallRow[]) => {
    const names = [...new Set(calls.map((call) => directory.nameOf(nodeOf(call.from_did))))]
    const whose = names.length > 3 ? `${names.slice(0, 3).join(', ')} and others` : names.join(', ')
    const requests = calls.filter((call) => call.kind === 'request').length
    const messages = calls.length - requests
    return `${[counted(messages, 'message'), counted(requests, 'request')].filter(Boolean).join(' and ')} of ${whose}`
  }

  /** What a killed daemon left: its hooks are ended, and who called waits anew. */
  async function recover(): Promise<void> {
    files.clear()
    const left = tables.running()
    if (left.length === 0) return
    for (const run of left) endOrphan(run)
    await database.write(() => {
      for (const run of left) {
        tables.changeRun(run.id, { ended_at: clock.now(), outcome: 'interrupted' })
        again(tables.callsOf(run.id).filter((call) => callOf(call) !== undefined))
        events.emit('wake.failed', run.inbox, { run: run.id, ...agentIn(run.inbox), outcome: 'interrupted' })
      }
    })
  }

  function endOrphan({ id, pid, mark }: RunRow): void {
    // Only what is certainly it: the number may be another process's by now.
    if (pid === null || mark === null || processMark(pid) !== mark) return
    log.warn({ run: id, pid }, 'the hook of a daemon that was killed is ended')
    signalGroup(pid, 'SIGKILL')
  }

  readers.onLeave(consider)

  return {
    consider,
    /** Within a write: somebody called who may. */
    call(row: Omit<CallRow, 'position' | 'note' | 'noted_at' | 'run'>, hook: Hook): void {
      tables.insertCall({ ...row, note: null, noted_at: row.at, run: null })
      database.afterCommit(() => {
        if (isStarted) schedule(row.inbox, clock.now() + hook.policy.debounce_seconds * 1000)
      })
    },
    running: () => [...running.keys()],
    /** Ends the hook that wakes the reader of an inbox, if there is one. */
    end(inbox: string): void {
      running.get(inbox)?.stop.abort()
    },
    /** Called once the API can be reached: what came before wakes now. */
    async start(): Promise<void> {
      await recover()
      isStarted = true
      for (const inbox of tables.waitingInboxes()) consider(inbox)
    },
    async stop(): Promise<void> {
      isStarted = false
      for (const { cancel } of timers.values()) cancel()
      timers.clear()
      for (const { stop } of running.values()) stop.abort()
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }
}
export type Waker = ReturnType<typeof createWaker>

const agentIn = (inbox: string) => {
  const agent = agentOf(inbox)
  return agent === undefined ? {} : { agent }
}
const whoIn = (inbox: string): string => agentOf(inbox) ?? 'Who reads the operator’s inbox'
const counted = (count: number, what: string) => (count === 0 ? '' : `${count} ${what}${count === 1 ? '' : 's'}`)
const said = ({ outcome, code, signal, error }: HookEnd): string => {
  if (outcome === 'timed_out') return 'it took too long'
  return error ?? (code === undefined ? `ended by ${signal}` : `code ${code}`)
}
