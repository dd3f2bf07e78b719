import test from 'ava'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { described } from '../../src/mcp/server.ts'
import { type Profile, profiles, within } from '../../src/mcp/tool.ts'
import { tools } from '../../src/mcp/tools/index.ts'

/** What a client hands its model of a tool, in tokens. */
const tokensOf = (tool: (typeof tools)[number]): number => {
  const { name, description, inputSchema } = described(tool)
  return countTokens(JSON.stringify({ name, description, inputSchema }))
}
const total = (profile: Profile) => within(profile, tools).reduce((sum, tool) => sum + tokensOf(tool), 0)

test('the tools cost a model few tokens', (t) => {
  t.true(total('core') <= 1500)
  t.true(total('default') <= 4000)
  t.snapshot(Object.fromEntries(profiles.map((profile) => [profile, total(profile)])), 'profiles')
  t.snapshot(Object.fromEntries(tools.map((tool) => [tool.name, tokensOf(tool)])), 'tools')
})

test('what a model is told of the tools', (t) => {
  t.snapshot(tools.map((tool) => ({ profile: tool.profile, ...described(tool) })))
})

test('nothing is to be guessed: every tool says what it does, and every field whose name does not', (t) => {
  const evident =
    /^(action|body|title|description|status|priority|labels|cursor|limit|room|role|message|reason|name|accept|stage|advance|note|presence)$/
  for (const tool of tools) {
    t.true(tool.description.length > 20 && /\.$/.test(tool.description), tool.name)
    const fields = Object.entries(
      (described(tool).inputSchema as { properties?: Record<string, { description?: string }> }).properties ?? {},
    )
    for (const [name, { description }] of fields)
      t.true(description !== undefined || evident.test(name), `${tool.name} ${name}`)
  }
})
