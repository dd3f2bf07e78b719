import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { AgoraError } from '../src/base/errors.ts'
import { nearest } from '../src/base/nearest.ts'
import { flagOf, loadSettings, parseSetting, settingKey, settingKeys, settingOf, variableOf } from '../src/config.ts'
import { fc } from './helpers/fast-check.ts'

function configFile(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'agora-config-'))
  const path = join(folder, 'config.json')
  writeFileSync(path, text)
  return { path, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
}

const failure = (run: () => unknown): AgoraError => {
  try {
    run()
  } catch (error) {
    if (error instanceof AgoraError && error.code === 'invalid_config') return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('the defaults fit their own schema', (t) => {
  const { settings, origins } = loadSettings()
  t.is(settings.port, 7312)
  t.deepEqual(settings.address, ['0.0.0.0'])
  for (const key of settingKeys) {
    t.true(settingOf(key).schema.safeParse(settings[key]).success, key)
    t.is(origins[key].source, 'default')
  }
})

test('a flag wins over the environment, that over the file, that over the default', (t) => {
  fc.assert(
    fc.property(
      fc.record({ flag: fc.nat(65535), env: fc.nat(65535), file: fc.nat(65535) }, { requiredKeys: [] }),
      (given) => {
        using config = configFile(JSON.stringify(given.file === undefined ? {} : { port: given.file }))
        const { settings, origins } = loadSettings({
          flags: { port: given.flag?.toString() },
          env: { AGORA_PORT: given.env?.toString() },
          path: config.path,
        })
        const expected: [number, string] =
          given.flag !== undefined
            ? [given.flag, '--port']
            : given.env !== undefined
              ? [given.env, 'AGORA_PORT']
              : given.file !== undefined
                ? [given.file, config.path]
                : [7312, '']
        t.deepEqual([settings.port, origins.port.where], expected)
      },
    ),
    { numRuns: 50 },
  )
})

test('lists come from repeated flags, from commas, and from JSON', (t) => {
  using config = configFile('{"announce": ["a.example:1"], "connect": ["no.example:1"]}')
  const { settings } = loadSettings({
    flags: { connect: ['b.example:2', 'c.example:3'] },
    env: { AGORA_ADDRESS: '127.0.0.1, ::1' },
    path: config.path,
  })
  t.deepEqual(settings.connect, ['b.example:2', 'c.example:3'])
  t.deepEqual(settings.address, ['127.0.0.1', '::1'])
  t.deepEqual(settings.announce, ['a.example:1'])
})

test('a switch is read from words', (t) => {
  t.true(loadSettings({ env: { AGORA_AUTO_CONNECT: 'yes' } }).settings.auto_connect)
  t.false(loadSettings({ env: { AGORA_AUTO_CONNECT: '1' }, flags: { auto_connect: false } }).settings.auto_connect)
})

const wrong: [string, () => unknown, RegExp, RegExp][] = [
  ['a flag', () => loadSettings({ flags: { port: '70000' } }), /^--port: port cannot be 70000/, /from 0 to 65535/],
  ['a flag that is no number', () => loadSettings({ flags: { port: '7e3' } }), /"7e3"/, /whole number/],
  ['a variable', () => loadSettings({ env: { AGORA_MIN_TRUST: '5' } }), /^AGORA_MIN_TRUST: min_trust/, /0 to 4/],
  ['a misspelt variable', () => loadSettings({ env: { AGORA_PROT: '1' } }), /AGORA_PROT is not known/, /AGORA_PORT/],
  ['one item of a list', () => parseSetting('address', '127.0.0.1,here', 'x'), /cannot be "here"/, /IP addresses/],
  ['a level', () => parseSetting('log_level', 'loud', 'x'), /"loud"/, /debug, info, warn, error/],
  ['an origin', () => parseSetting('allowed_origins', 'http://localhost:1/path', 'x'), /path/, /origins such as/],
  ['an unknown key', () => settingKey('api-prot'), /"api-prot"/, /api_port/],
]
for (const [what, run, message, hint] of wrong) {
  test(`what is wrong with ${what} is said`, (t) => {
    const error = failure(run)
    t.regex(error.message, message)
    t.regex(error.hint ?? '', hint)
  })
}

test('other variables that begin with AGORA_ are left alone', (t) => {
  t.notThrows(() => loadSettings({ env: { AGORA_HOME: '/x', AGORA_NAME: 'a', AGORA_TOKEN: 'x', AGORA_URL: 'y' } }))
})

const files: [string, string, RegExp][] = [
  ['an unknown key', '{"prot": 1}', /"prot" \(in .*config\.json\)/],
  ['a wrong value', '{"port": "7312"}', /config\.json: port cannot be "7312"/],
  ['no object', '[1]', /does not hold a JSON object/],
  ['an unexpected token', '{\n  "port": abc\n}', /line 2, column 11/],
  ['a missing comma', '{\n  "port": 1\n  "api_port": 2\n}', /line 3, column 3/],
  ['an early end', '{"port": 1', /line 1, column 11/],
  ['nothing', '', /line 1, column 1\b/],
]
for (const [what, text, message] of files) {
  test(`config.json with ${what}`, (t) => {
    using config = configFile(text)
    t.regex(failure(() => loadSettings({ path: config.path })).message, message)
  })
}

test('whatever stands in config.json, it is settings or one clear error', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.dictionary(fc.constantFrom(...settingKeys), fc.jsonValue()).map((value) => JSON.stringify(value)),
      ),
      (text) => {
        using config = configFile(text)
        try {
          loadSettings({ path: config.path })
        } catch (error) {
          t.true(error instanceof AgoraError && error.code === 'invalid_config', String(error))
        }
      },
    ),
    { numRuns: 300 },
  )
  t.pass()
})

test('flags and variables are named after the setting', (t) => {
  t.is(flagOf('message_ttl_hours'), '--message-ttl-hours')
  t.is(variableOf('message_ttl_hours'), 'AGORA_MESSAGE_TTL_HOURS')
})

test('the nearest word is found, and none when all are far', (t) => {
  t.is(nearest('prot', ['port', 'status']), 'port')
  t.is(nearest('statsu', ['start', 'status']), 'status')
  t.is(nearest('x', ['port', 'status']), undefined)
  t.is(nearest('wonderful', ['port', 'status']), undefined)
})
