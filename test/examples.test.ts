import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import test from 'ava'
import { hookFolder } from './helpers/hook.ts'

test('examples/wake-agent.sh tells the agent who it is and how to read, and nothing that others wrote', (t) => {
  using hook = hookFolder()
  hook.dumper('claude')
  const variables = { AGORA_AGENT: 'claude-1', AGORA_NAME: 'bob', AGORA_FROM_NAME: 'mallory', AGORA_WAKE_FILE: '' }
  const env = { PATH: `${hook.folder}:/usr/bin:/bin`, ...variables }
  execFileSync(resolve('examples/wake-agent.sh'), { env })
  const [dump] = hook.dumps()
  t.is(dump?.argv.length, 2)
  t.is(dump?.argv[0], '-p')
  t.regex(dump?.argv[1] ?? '', /you are the agent claude-1 of the Agora node bob[\s\S]*agora --as 'claude-1' messages/)
  t.notRegex(dump?.argv[1] ?? '', /mallory/)
})
