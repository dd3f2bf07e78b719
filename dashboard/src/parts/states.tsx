import { Alert, Box, Button, Group, Skeleton, Stack, Text } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { failureText } from '../app/api.ts'

/** While the first answer is under way: the shape of what comes, so that nothing jumps. */
export function Loading({ lines = 4, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <Stack gap="sm" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike and never move
        <Skeleton key={line} height={18} width={`${92 - ((line * 17) % 40)}%`} />
      ))}
    </Stack>
  )
}

/** Nothing there, which is an answer: says what would be here, and how to begin. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Box className="agora-panel" p="lg" ta="center" style={{ borderStyle: 'dashed' }}>
      <Text fw={500}>{title}</Text>
      {children !== undefined && (
        <Text component="div" size="sm" c="dimmed" mt={4}>
          {children}
        </Text>
      )}
      {action !== undefined && <Box mt="sm">{action}</Box>}
    </Box>
  )
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { title, detail } = failureText(error)
  return (
    <Alert color="red" title={title} role="alert">
      {detail !== '' && <Text size="sm">{detail}</Text>}
      {onRetry && (
        <Group mt="sm">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  )
}

/** What a reading operation answers, or its loading and error states. An answer that could not be renewed stays, with a word about it. */
export function Answer<T>({
  of,
  loading,
  children,
}: {
  of: { data: T | undefined; error: unknown; refetch(): unknown }
  loading?: ReactNode
  children: (answer: T) => ReactNode
}) {
  const { data, error, refetch } = of
  if (data === undefined) {
    if (error) return <Failed error={error} onRetry={() => void refetch()} />
    return loading ?? <Loading />
  }
  return (
    <>
      {error && <Failed error={error} onRetry={() => void refetch()} />}
      {children(data)}
    </>
  )
}

/** A fault in one part of a page leaves the rest standing. */
export class Guard extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return <Failed error={error} onRetry={() => this.setState({ error: undefined })} />
  }
}
