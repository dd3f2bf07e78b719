import { lazy, Suspense } from 'react'
import { useRead } from '../../app/api.ts'
import { whenThere } from '../../app/proof.ts'
import { Page, Section } from '../../parts/page.tsx'
import { Loading } from '../../parts/states.tsx'
import { Activity } from './activity.tsx'
import { AgentCards } from './agent-cards.tsx'
import { Attention } from './attention.tsx'
import classes from './home.module.css'
import { Sprints } from './sprints.tsx'

// The charts weigh as much as the rest of the dashboard.
const Metrics = lazy(whenThere(() => import('./metrics.tsx').then((module) => ({ default: module.Metrics }))))

/** What a person in charge wants to know at a glance: what waits for them, how the work goes, who is at it, and what was done last. */
export function Home() {
  const { data } = useRead('attention.list', {})
  return (
    <Page title="Home" note={<span role="status">{data && waitingText(data.total)}</span>}>
      <div className={classes.grid}>
        <div className={classes.column}>
          <Section title="What needs you">
            <Attention />
          </Section>
          <Section title="Projects">
            <Sprints />
          </Section>
          <Section title="How the work goes">
            <Suspense fallback={<Loading lines={8} />}>
              <Metrics />
            </Suspense>
          </Section>
        </div>
        <div className={classes.column}>
          <Section title="Agents">
            <AgentCards />
          </Section>
          <Section title="Recent activity">
            <Activity />
          </Section>
        </div>
      </div>
    </Page>
  )
}

const waitingText = (total: number): string =>
  total === 0 ? 'Nothing waits for you.' : total === 1 ? 'One thing waits for you.' : `${total} things wait for you.`
