import type { Page } from 'playwright-core'
import type { BenchContext } from './bench.ts'
import { quantile } from './stats.ts'

/** Notes how long frames were while `work` was done, and how much of that the page itself took. */
export async function frames(
  page: Page,
  what: string,
  note: BenchContext['note'],
  work: () => Promise<void>,
): Promise<void> {
  await page.evaluate(() => {
    const recorded: number[] = []
    const tasks: number[] = []
    let last = performance.now()
    let going = true
    const tick = (now: number) => {
      recorded.push(now - last)
      last = now
      if (going) requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration)
    })
    observer.observe({ type: 'longtask' })
    Object.assign(globalThis, {
      endFrames() {
        going = false
        for (const { duration } of observer.takeRecords()) tasks.push(duration)
        observer.disconnect()
        return { recorded: recorded.slice(1), tasks }
      },
    })
  })
  await work()
  const { recorded, tasks } = await page.evaluate(() =>
    (globalThis as unknown as { endFrames(): { recorded: number[]; tasks: number[] } }).endFrames(),
  )
  const longest = Math.max(0, ...tasks)
  note({
    what: `longest frame while ${what}`,
    value: Math.max(...recorded),
    unit: 'ms',
    note: `p50 ${Math.round(quantile(recorded, 0.5))}, p99 ${Math.round(quantile(recorded, 0.99))}, of ${recorded.length}; longest task of the page ${longest < 50 ? 'under 50' : Math.round(longest)} ms`,
  })
}
