import { Badge, Text, Tooltip } from '@mantine/core'
import { IconRobot, IconServer, IconUser } from '@tabler/icons-react'
import { lazy, Suspense } from 'react'
import { didTail } from '../../../src/base/did.ts'
import type { Sentence } from '../../../src/base/sentence.ts'
import { displayLine, displayText } from '../../../src/base/text.ts'
import { whenThere } from '../app/proof.ts'

/** What others wrote. All of it goes through here, so that it is always seen to be theirs: its ground and its edge are never the dashboard's own. */

/** Plain text, on a ground of its own. */
export function Foreign({ text, lines }: { text: string; lines?: number }) {
  if (lines === undefined) return <div className="agora-foreign">{displayText(text)}</div>
  return (
    <div className="agora-foreign">
      {/* Cut within: the room around it would show half of what comes next. */}
      <Text component="div" inherit lineClamp={lines} fz="sm">
        {displayLine(text)}
      </Text>
    </div>
  )
}

/** A sentence of ours with what others said in it set apart. */
export const Told = ({ sentence }: { sentence: Sentence }) =>
  sentence.map(({ text, said }, place) => {
    if (said === undefined) return displayLine(text)
    // biome-ignore lint/suspicious/noArrayIndexKey: a sentence is made anew as a whole
    if (said === 'name') return <bdi key={place}>{displayLine(text)}</bdi>
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: as above
      <bdi key={place} className="agora-quoted">
        {displayLine(text)}
      </bdi>
    )
  })

const Markdown = lazy(whenThere(() => import('./markdown.tsx').then((module) => ({ default: module.Markdown }))))

/** With the marks of Markdown shown as what they mean; no HTML, no pictures, links that say where they lead. */
export const ForeignMarkdown = ({ text }: { text: string }) => (
  <Suspense fallback={<Foreign text={text} />}>
    <Markdown text={text} />
  </Suspense>
)

/** A title or name of theirs within a line of ours: on one line, cut by CSS where there is no room. */
export const ForeignLine = ({ text, fw }: { text: string; fw?: number }) => (
  <Text span inherit {...(fw !== undefined && { fw })}>
    <bdi>{displayLine(text)}</bdi>
  </Text>
)

/** A title or name of theirs within a sentence of ours, set apart from it. */
export const Quoted = ({ text }: { text: string }) => <bdi className="agora-quoted">{displayLine(text)}</bdi>

/** For `renderOption` of a list whose choices are called as others called them. */
export const foreignOption = ({ option: { value, label } }: { option: { value: string; label?: string } }) => (
  <bdi>{displayLine(label ?? value)}</bdi>
)

export interface Person {
  did: string
  name: string
}

interface NameProps {
  who: Person
  fw?: number
  icon?: boolean
  /** false: says whose key it is by the browser’s own means, for lists of which many rows are drawn in a frame. */
  tip?: boolean
}

/** Somebody, as this node would type them, with the end of the key that proves it. Never made from what a text says. */
export function Name({ who, fw = 500, icon = true, tip = true }: NameProps) {
  const agent = who.did.includes('#')
  const Icon = agent ? IconRobot : IconUser
  const key = `${agent ? 'Agent' : 'Node and its operator'}, key ${didTail(who.did)}`
  const name = (
    <span className="agora-name" {...(!tip && { title: key })}>
      {icon && <Icon size={15} aria-hidden style={{ flex: 'none' }} />}
      <bdi style={{ fontWeight: fw }}>{displayLine(who.name)}</bdi>
    </span>
  )
  return tip ? <Tooltip label={key}>{name}</Tooltip> : name
}

/** A word of theirs that classifies something: a capability, a label. */
export const Tag = ({ text }: { text: string }) => (
  <Badge variant="outline" color="gray" maw="14rem">
    <bdi>{displayLine(text)}</bdi>
  </Badge>
)

export const NodeIcon = IconServer
