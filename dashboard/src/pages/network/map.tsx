import '@xyflow/react/dist/style.css'
import { Group, Text, useComputedColorScheme } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import {
  Background,
  BaseEdge,
  Controls,
  type Edge,
  type EdgeProps,
  Handle,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
  useReactFlow,
  useStore,
} from '@xyflow/react'
import { useEffect, useMemo } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import { trustWords } from '../../parts/trust.tsx'
import { type Known, latencyText, ties } from './known.ts'
import { arc, type Place, placesOf } from './layout.ts'
import styles from './map.module.css'
import people from './people.module.css'

/** More than these nobody can read; the list beside it has them all. */
const SHOWN_MAX = 80
const SHOWN_NARROW = 8

/** px; a name that is longer is cut. */
const SIZE = { width: 170, height: 34 }

type Circle = Node<{ name: string; self: boolean; link: Known['link']; words: string; onOpen(): void }, 'circle'>

interface Props {
  me: { did: string; name: string }
  known: readonly Known[]
  onOpen(did: string): void
}

/** Who is linked with this node and with each other. All of it also stands in the list below. */
export function NetworkMap({ me, known, onOpen }: Props) {
  const dark = useComputedColorScheme('light') === 'dark'
  const coarse = useMediaQuery('(pointer: coarse)') ?? false
  const narrow = useMediaQuery('(max-width: 48em)') ?? false
  const shown = useMemo(() => known.slice(0, narrow ? SHOWN_NARROW : SHOWN_MAX), [known, narrow])
  const nodes = useMemo(() => circles(me, shown, placesOf(shown, narrow), onOpen), [me, shown, narrow, onOpen])
  const edges = useMemo(() => [...between(shown), ...links(me.did, shown)], [me.did, shown])
  return (
    <>
      <div className={`agora-panel ${styles['map']}`} data-few={shown.length < 5 || undefined}>
        <ReactFlow
          aria-label={`Map of the network around ${displayLine(me.name)}; the list below says the same`}
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          nodeOrigin={[0.5, 0.5]}
          colorMode={dark ? 'dark' : 'light'}
          minZoom={0.15}
          maxZoom={1.6}
          fitView
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          zoomOnScroll={false}
          preventScrolling={false}
          // A finger that scrolls the page would be caught by the map.
          panOnDrag={!coarse}
          zoomOnDoubleClick={false}
          proOptions={{ hideAttribution: true }}
        >
          <Background gap={24} />
          <Controls showInteractive={false} fitViewOptions={fit} position="bottom-right" />
          <Fit of={shown} />
        </ReactFlow>
      </div>
      <Legend left={known.length - shown.length} />
    </>
  )
}

const fit = { padding: 0.12, maxZoom: 1.1 }

/** Shows all of it again when somebody came or went, or the page got another size. */
function Fit({ of }: { of: readonly Known[] }) {
  const { fitView } = useReactFlow()
  const size = useStore(({ width, height }) => `${width} ${height}`)
  const who = of.map(({ did }) => did).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: who is there, and the size, are what it is about
  useEffect(() => {
    // The map itself learns of its nodes in this very turn.
    const frame = requestAnimationFrame(() => void fitView(fit))
    return () => cancelAnimationFrame(frame)
  }, [fitView, who, size])
  return null
}

function CircleNode({ data }: NodeProps<Circle>) {
  const { name, self, link, words, onOpen } = data
  const inner = (
    <>
      <span className={people['dot']} data-link={link} />
      <bdi className={styles['name']}>{displayLine(name)}</bdi>
    </>
  )
  return (
    <div className={styles['place']}>
      <Handle type="target" position={Position.Top} className={styles['handle'] ?? ''} isConnectable={false} />
      <Handle type="source" position={Position.Top} className={styles['handle'] ?? ''} isConnectable={false} />
      {self ? (
        <div className={styles['node']} data-self>
          {inner}
        </div>
      ) : (
        <button
          type="button"
          className={`nopan ${styles['node']}`}
          data-link={link}
          aria-label={words}
          onClick={onOpen}
        >
          {inner}
        </button>
      )}
    </div>
  )
}
const nodeTypes = { circle: CircleNode }

/** What two others share goes around this node, and never through it. */
const Arc = ({ id, sourceX, sourceY, targetX, targetY }: EdgeProps) => (
  <BaseEdge id={id} path={arc({ x: sourceX, y: sourceY }, { x: targetX, y: targetY })} />
)
const edgeTypes = { arc: Arc }

function circles(
  me: Props['me'],
  known: readonly Known[],
  places: Map<string, Place>,
  onOpen: Props['onOpen'],
): Circle[] {
  const circle = (did: string, data: Circle['data']): Circle => ({
    id: did,
    type: 'circle',
    position: places.get(did) ?? { x: 0, y: 0 },
    data,
    // Told, so that nothing has to be measured before it is seen.
    ...SIZE,
  })
  return [
    circle(me.did, { name: me.name, self: true, link: 'live', words: '', onOpen: () => undefined }),
    ...known.map(({ did, name, link, given, received, peer }) =>
      circle(did, {
        name,
        self: false,
        link,
        words: `${displayLine(name)}: ${linkWords(link, peer?.latency_ms)}; ${trustWords(given, received)}`,
        onOpen: () => onOpen(did),
      }),
    ),
  ]
}

export const linkWords = (link: Known['link'], latency?: number): string =>
  link === 'away'
    ? 'not connected'
    : `${link === 'stale' ? 'connected, but silent' : 'connected'}${latency === undefined ? '' : `, ${latencyText(latency)}`}`

/** From this node to others: how far each trusts the other, and how long a message takes there and back. */
const links = (me: string, known: readonly Known[]): Edge[] =>
  known
    .filter(({ link, friend }) => link !== 'away' || friend)
    .map(({ did, link, given, received, peer }) => ({
      id: `${me} ${did}`,
      source: me,
      target: did,
      type: 'straight',
      className: styles[link === 'live' ? 'link' : link] ?? '',
      label: [
        ...(given === undefined && received === undefined ? [] : [`${given ?? '–'} ⇄ ${received ?? '–'}`]),
        ...(peer?.latency_ms === undefined ? [] : [latencyText(peer.latency_ms)]),
      ].join(' · '),
    }))

const between = (known: readonly Known[]): Edge[] =>
  ties(known).map(({ from, to, sameOwner }) => ({
    id: `${from} ${to}`,
    source: from,
    target: to,
    type: 'arc',
    className: styles[sameOwner ? 'owner' : 'tie'] ?? '',
  }))

const kinds = [
  ['link', 'connected'],
  ['stale', 'silent'],
  ['away', 'friend, away'],
  ['tie', 'in a project together'],
  ['owner', 'nodes of one owner'],
] as const

const Legend = ({ left }: { left: number }) => (
  <Group gap="md" mt={6}>
    {kinds.map(([kind, words]) => (
      <Text key={kind} size="xs" c="dimmed">
        <span className={styles['key']} data-kind={kind} /> {words}
      </Text>
    ))}
    <Text size="xs" c="dimmed">
      4 ⇄ 2: you give trust 4 and get 2
    </Text>
    {left > 0 && (
      <Text size="xs" c="dimmed">
        {left} more are in the list
      </Text>
    )}
  </Group>
)
