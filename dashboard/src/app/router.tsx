import {
  createHashHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { Failed, Loading } from '../parts/states.tsx'
import { type Reach, readAhead } from './api.ts'
import { NotHere } from './not-here.tsx'
import { whenThere } from './proof.ts'
import { Shell } from './shell.tsx'

/** Where everything is. Behind the `#`, because the paths themselves are those of the API. Each page is loaded when it is first gone to. */

const root = createRootRouteWithContext<Reach>()({ component: Shell, notFoundComponent: NotHere })

const at = <const Path extends string>(path: Path, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(whenThere(load as () => Promise<Record<string, never>>), name),
  })

const home = at('/', () => import('../pages/home/home.tsx'), 'Home')
const agents = at('/agents', () => import('../pages/agents/agents.tsx'), 'Agents')
const agent = createRoute({
  getParentRoute: () => agents,
  path: '$did',
  component: lazyRouteComponent(
    whenThere(() => import('../pages/agents/agent.tsx')),
    'AgentDrawer',
  ),
})
const network = at('/network', () => import('../pages/network/network.tsx'), 'Network')
const messages = at('/messages', () => import('../pages/messages/messages.tsx'), 'Messages')
const settings = at('/settings', () => import('../pages/settings/settings.tsx'), 'Settings')
const settingsPart = at('/settings/$part', () => import('../pages/settings/settings.tsx'), 'Settings')
const projects = at('/projects', () => import('../pages/projects/projects.tsx'), 'Projects')
const project = createRoute({
  getParentRoute: () => root,
  path: '/projects/$projectId',
  component: lazyRouteComponent(
    whenThere(() => import('../pages/projects/project.tsx')),
    'Project',
  ),
  beforeLoad: ({ context, params }) => readAhead(context, 'projects.show', { project_id: params.projectId }),
})

const part = <const Path extends string>(path: Path, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => project,
    path,
    component: lazyRouteComponent(whenThere(load as () => Promise<Record<string, never>>), name),
  })
const projectParts = [
  createRoute({
    getParentRoute: () => project,
    path: '/',
    beforeLoad: ({ params }) => {
      throw redirect({ to: '/projects/$projectId/board', params: params as { projectId: string }, replace: true })
    },
  }),
  createRoute({
    getParentRoute: () => project,
    path: 'board',
    component: lazyRouteComponent(
      whenThere(() => import('../pages/projects/board/board.tsx')),
      'Board',
    ),
    beforeLoad({ context, params, preload }) {
      if (preload) return
      const reading = whenThere(() => import('../pages/projects/board/use-board.ts'))()
      // What could not be loaded is told by the page, which needs it too.
      reading.then(
        ({ boardOf }) => boardOf(context.client, params.projectId).readAhead(),
        () => undefined,
      )
    },
  }),
  part('rooms', () => import('../pages/projects/rooms/rooms.tsx'), 'Rooms'),
  part('team', () => import('../pages/projects/team/team.tsx'), 'Team'),
  part('stages', () => import('../pages/projects/stages/stages.tsx'), 'Stages'),
  part('timeline', () => import('../pages/projects/timeline/timeline.tsx'), 'Timeline'),
  part('records', () => import('../pages/projects/records/records.tsx'), 'Records'),
  part('audit', () => import('../pages/projects/audit/audit.tsx'), 'Audit'),
  part('settings', () => import('../pages/projects/settings/settings.tsx'), 'ProjectSettings'),
] as const

const routeTree = root.addChildren([
  home,
  agents.addChildren([agent]),
  network,
  messages,
  settings,
  settingsPart,
  projects,
  project.addChildren([...projectParts]),
])

export const router = createRouter({
  routeTree,
  // Given by whoever is signed in.
  context: undefined as unknown as Reach,
  history: createHashHistory(),
  defaultPendingComponent: () => <Loading lines={6} />,
  defaultErrorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
  defaultPreload: 'intent',
  defaultPendingMs: 150,
  // What was waited for is shown at once, also when that it is waited for has only just been shown.
  defaultPendingMinMs: 0,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
