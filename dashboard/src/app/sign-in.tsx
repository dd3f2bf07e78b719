import { Alert, Button, Center, Code, Loader, Paper, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { CopyCommand } from '../parts/copy-command.tsx'

interface Props {
  opening: boolean
  refusal: string | undefined
  onCode(code: string): void
}

/** What is shown without a valid token: how to get in, and nothing of the node. */
export function SignIn({ opening, refusal, onCode }: Props) {
  const [text, setText] = useState('')
  const code = /[?&]code=([\w-]+)/.exec(text)?.[1] ?? text.trim()
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder p="xl" maw={460} w="100%">
        <Stack>
          <Title order={1}>Agora</Title>
          {opening ? (
            <Stack align="center" py="lg" role="status">
              <Loader />
              <Text>Signing in…</Text>
            </Stack>
          ) : (
            <>
              {refusal !== undefined && (
                <Alert color="orange" title="Not signed in" role="alert">
                  {refusal}
                </Alert>
              )}
              <Text>
                This page shows what happens on this machine’s node, to whoever can run its command line. Type this in a
                terminal:
              </Text>
              <CopyCommand command="agora dashboard" />
              <Text size="sm" c="dimmed">
                It opens the dashboard signed in. To go on in this tab instead, type{' '}
                <Code>agora dashboard --print</Code> and paste here what it prints. It works once, within a minute.
              </Text>
              <form
                onSubmit={(event) => {
                  event.preventDefault()
                  if (code !== '') onCode(code)
                }}
              >
                <Stack gap="sm">
                  <TextInput
                    label="Link or code"
                    value={text}
                    onChange={(event) => setText(event.currentTarget.value)}
                    autoComplete="off"
                    spellCheck={false}
                  />
                  <Button type="submit" disabled={code === ''}>
                    Sign in
                  </Button>
                </Stack>
              </form>
            </>
          )}
        </Stack>
      </Paper>
    </Center>
  )
}
