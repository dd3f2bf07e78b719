import { Box, Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconShieldCheck } from '@tabler/icons-react'
import { displayLine } from '../../../../src/base/text.ts'
import { useAct, useRead } from '../../app/api.ts'
import { Moment } from '../../parts/moment.tsx'
import { Answer } from '../../parts/states.tsx'
import styles from './verify.module.css'

/** The code to compare by voice: who reads the same on both sides talks with the key it thinks it does. */
export function Verify({ did, name }: { did: string; name: string }) {
  const [shown, { open, close }] = useDisclosure()
  const code = useRead('friends.code', { name: did })
  const verify = useAct('friends.verify', {
    optimistic: ({ verified }, patch) => {
      patch(
        'friends.code',
        (answer) => ({ ...answer, verified }),
        (input) => input.name === did,
      )
      patch('friends.list', (answer) => ({
        ...answer,
        items: answer.items.map((item) => (item.did === did ? { ...item, verified } : item)),
      }))
    },
  })
  const say = (verified: boolean) => {
    verify.mutate({ name: did, verified })
    close()
  }
  return (
    <Answer of={code}>
      {(answer) => (
        <Stack gap="xs">
          <Group gap={6}>
            {answer.verified && <IconShieldCheck size={18} aria-hidden />}
            <Text size="sm" component="div">
              {answer.verified ? (
                <>
                  You compared its code
                  {answer.verified_at !== undefined && (
                    <>
                      {' '}
                      <Moment at={answer.verified_at} />
                    </>
                  )}
                  .
                </>
              ) : (
                'Nobody has compared its code yet.'
              )}
            </Text>
            {!shown && (
              <Button size="compact-sm" variant="default" onClick={open}>
                {answer.verified ? 'Show the code' : 'Compare the code'}
              </Button>
            )}
          </Group>
          {shown && (
            <Box className="agora-panel" p="sm">
              <Stack gap="xs">
                <Text size="sm">
                  Call the person behind {displayLine(name)} on another channel, by a voice you know, and read this to
                  each other. They see theirs on this page, or by <code>agora friends verify</code>.
                </Text>
                <Box className={styles['code'] ?? ''} role="group" aria-label="Verification code">
                  {answer.code.split(' ').map((group, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: two groups may be alike, and they do not move
                    <span key={index}>{group}</span>
                  ))}
                </Box>
                <Group gap="xs">
                  {answer.verified ? (
                    <Button variant="default" onClick={() => say(false)}>
                      Take it back
                    </Button>
                  ) : (
                    <Button onClick={() => say(true)}>Both codes are the same</Button>
                  )}
                  <Button variant="default" onClick={close}>
                    Close
                  </Button>
                </Group>
                <Text size="xs" c="dimmed">
                  If they differ, somebody stands between you: block it, and connect again by another way.
                </Text>
              </Stack>
            </Box>
          )}
        </Stack>
      )}
    </Answer>
  )
}
