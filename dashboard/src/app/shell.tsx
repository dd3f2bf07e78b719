import {
  ActionIcon,
  AppShell,
  Badge,
  Box,
  Burger,
  Group,
  Indicator,
  Menu,
  NavLink,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconAffiliate,
  IconDotsVertical,
  IconHome,
  IconLayoutKanban,
  IconLogout,
  IconMessages,
  IconMoon,
  IconRobot,
  IconSettings,
  IconSun,
} from '@tabler/icons-react'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { displayLine } from '../../../src/base/text.ts'
import icon from '../icon.svg'
import { Moment } from '../parts/moment.tsx'
import { useRead } from './api.ts'
import { useLink, useSignOut } from './live-context.tsx'

const places = [
  { to: '/', label: 'Home', Icon: IconHome },
  { to: '/projects', label: 'Projects', Icon: IconLayoutKanban },
  { to: '/agents', label: 'Agents', Icon: IconRobot },
  { to: '/network', label: 'Network', Icon: IconAffiliate },
  { to: '/messages', label: 'Messages', Icon: IconMessages },
  { to: '/settings', label: 'Settings', Icon: IconSettings },
] as const

export function Shell() {
  const [open, { toggle, close }] = useDisclosure()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever went somewhere wants to see it, and not the menu
  useEffect(close, [path])
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !open } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <button type="button" className="agora-skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            opened={open}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={open ? 'Close the menu' : 'Open the menu'}
          />
          <NodeName />
          <Box flex={1} />
          <LinkState />
          <SchemeSwitch />
          <More />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        {places.map(({ to, label, Icon }) => (
          <NavLink
            key={to}
            bdrs="sm"
            component={Link}
            to={to}
            label={label}
            leftSection={<Icon size={18} aria-hidden />}
            active={to === '/' ? path === '/' : path.startsWith(to)}
            rightSection={<Waiting at={to} />}
            aria-current={(to === '/' ? path === '/' : path.startsWith(to)) ? 'page' : undefined}
          />
        ))}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} style={{ outline: 'none' }}>
        <Box maw={1440} mx="auto">
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  )
}

function NodeName() {
  const { data } = useRead('node.status', {})
  return (
    <Group gap="xs" wrap="nowrap" miw={0}>
      <img src={icon} width={24} height={24} alt="" />
      <Text fw={600} truncate>
        Agora
        {data && (
          <Text span fw={400} c="dimmed">
            {' '}
            on {displayLine(data.name)}
          </Text>
        )}
      </Text>
    </Group>
  )
}

/** Offline is said where it is always seen: what the page shows may be old, and what is done waits for nothing. */
function LinkState() {
  const link = useLink()
  return (
    <Box role="status" aria-live="polite" className="agora-link-state">
      {link.state === 'offline' ? (
        <Badge color="orange" variant="filled" size="lg" autoContrast>
          Not reached since <Moment at={new Date(link.since).toISOString()} />
        </Badge>
      ) : (
        <Tooltip label={link.state === 'live' ? 'What happens is shown as it happens' : 'Reaching the daemon'}>
          <Group gap={6} wrap="nowrap" tabIndex={0}>
            <Indicator
              inline
              processing={link.state !== 'live'}
              color={link.state === 'live' ? 'green' : 'yellow'}
              size={8}
              position="middle-center"
            >
              <Box w={10} h={10} />
            </Indicator>
            <Text size="sm" c="dimmed">
              {link.state === 'live' ? 'Live' : 'Connecting'}
            </Text>
          </Group>
        </Tooltip>
      )}
    </Box>
  )
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme()
  const dark = useComputedColorScheme('light') === 'dark'
  const label = dark ? 'Change to light colours' : 'Change to dark colours'
  return (
    <Tooltip label={label}>
      <ActionIcon size="lg" aria-label={label} onClick={() => setColorScheme(dark ? 'light' : 'dark')}>
        {dark ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  )
}

function More() {
  const signOut = useSignOut()
  const { data } = useRead('node.status', {})
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon size="lg" aria-label="More">
          <IconDotsVertical size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {data && <Menu.Label>Agora {data.version}</Menu.Label>}
        <Menu.Item component="a" href="/docs" target="_blank" rel="noopener">
          API reference
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={signOut}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** How much waits for the person behind a page. */
function Waiting({ at }: { at: (typeof places)[number]['to'] }) {
  const { data: status } = useRead('node.status', {})
  const { data: attention } = useRead('attention.list', {})
  const counts: Partial<Record<typeof at, number>> = {
    '/': attention?.total ?? 0,
    '/projects': status?.invitations ?? 0,
    '/network': status?.friend_requests ?? 0,
    '/messages': status ? status.unread + status.requests : 0,
  }
  const count = counts[at] ?? 0
  if (count === 0) return null
  return (
    <Badge size="sm" variant="filled" autoContrast>
      {count > 999 ? '999+' : count}
      <span className="agora-visually-hidden"> waiting</span>
    </Badge>
  )
}
