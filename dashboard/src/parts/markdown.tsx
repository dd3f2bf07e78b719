import { Text } from '@mantine/core'
import ReactMarkdown, { type Components, defaultUrlTransform } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { displayText } from '../../../src/base/text.ts'

const plugins = [remarkGfm]

interface Node {
  value?: string
  properties?: Record<string, unknown>
  children?: Node[]
}
const shown = (value: unknown): unknown => (typeof value === 'string' ? displayText(value) : value)

/** Made safe to show once it was read: character references (`&#x202e;`) become what they stand for only then. */
function clean({ value, properties, children = [], ...node }: Node): Node {
  return {
    ...node,
    ...(value !== undefined && { value: displayText(value) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, one]) => [name, Array.isArray(one) ? one.map(shown) : shown(one)]),
      ),
    }),
    children: children.map(clean),
  }
}
const cleaning = [() => clean]

/** Where a link leads, as a person should know before following it; undefined for what is no address of the web. */
function destination(href: string | undefined): string | undefined {
  if (href === undefined || !URL.canParse(href)) return undefined
  const { protocol, host } = new URL(href)
  return protocol === 'https:' || protocol === 'http:' ? host : undefined
}

const components: Components = {
  a({ href, children }) {
    const host = destination(href)
    if (host === undefined) return <span>{children}</span>
    return (
      <>
        <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
          {children}
        </a>{' '}
        <Text span size="xs" c="dimmed">
          (leads to {host})
        </Text>
      </>
    )
  },
  // To show a picture would tell its server that it was read.
  img: ({ alt, src }) => (
    <span>
      [picture{alt ? `: ${alt}` : ''}
      {typeof src === 'string' && src !== '' ? `, ${src}` : ''}]
    </span>
  ),
  // They scroll sideways by themselves, and by the keys, too.
  // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
  pre: ({ children }) => <pre tabIndex={0}>{children}</pre>,
  // biome-ignore lint/a11y/noNoninteractiveTabindex: as above
  table: ({ children }) => <table tabIndex={0}>{children}</table>,
  input: ({ checked }) => <span aria-hidden>{checked ? '☑' : '☐'} </span>,
}

export const Markdown = ({ text }: { text: string }) => (
  <div className="agora-foreign markdown">
    <ReactMarkdown
      remarkPlugins={plugins}
      rehypePlugins={cleaning as never}
      components={components}
      urlTransform={defaultUrlTransform}
      skipHtml={false}
    >
      {displayText(text)}
    </ReactMarkdown>
  </div>
)
