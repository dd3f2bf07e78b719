import test from 'ava'
import { byteLength, displayLine, displayText, editableText, visibleJson } from '../../src/base/text.ts'
import { fc } from '../helpers/fast-check.ts'

const anything = fc.string({ unit: 'binary' })

test('no control character and no change of direction survives', (t) => {
  fc.assert(
    fc.property(anything, (text) => {
      t.notRegex(displayText(text), /[^\P{Cc}\n\t]|\p{Bidi_Control}/u)
      t.notRegex(displayLine(text), /\p{Cc}|\p{Bidi_Control}/u)
    }),
    { numRuns: 500 },
  )
  for (let code = 0; code <= 0xffff; code++) {
    const shown = displayLine(String.fromCharCode(code))
    if (/[\p{Cc}\p{Bidi_Control}]/u.test(shown)) t.fail(code.toString(16))
  }
})

test('nothing else is changed, and nothing is made by removing', (t) => {
  fc.assert(
    fc.property(anything, (text) => {
      const kept = [...text].filter(
        (letter) => letter === '\n' || letter === '\t' || !/[\p{Cc}\p{Bidi_Control}\u{e0000}-\u{e007f}]/u.test(letter),
      )
      // What cannot be seen is looked at below.
      if (!/[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u.test(kept.join('')))
        t.is(displayText(text), kept.join(''))
      t.is(displayText(displayText(text)), displayText(text))
    }),
    { numRuns: 500 },
  )
})

test('a terminal is not steered', (t) => {
  t.is(displayText('a\u001b[2J\u001b]0;x\u0007b\u009b31mc\r\nd'), 'a[2J]0;xb31mc\nd')
  t.is(displayLine('a\nb\t\tc'), 'a b c')
})

const shown = (text: string): string => displayLine(text)

test('what cannot be seen is shown, so that no two texts look alike by it', (t) => {
  t.is(shown('pay\u200bpal'), 'pay\\u200bpal')
  t.is(shown('\ufeffalice\u00ad'), '\\ufeffalice\\u00ad')
  t.is(shown('a\u{e0100}b'), 'a\\udb40\\udd00b')
  t.is(editableText('pay\u200bpal\u202e ❤\ufe0f'), 'paypal ❤\ufe0f')
  // Latin letters join by nothing; neither do signs of two kinds.
  for (const text of [
    'al\u200dice',
    'al\u200cice',
    'a\ufe0f',
    '1\ufe0f',
    '\u200d',
    'کتاب\u200c',
    'ک\u200calice',
    '😀\u200dbob',
    '😀\ufe0f\ufe0f',
  ])
    t.regex(shown(text), /\\u(200[cd]|fe0f)/, JSON.stringify(text))
  const invisible = fc.constantFrom(...'\u00ad\u034f\u115f\u1160\u17b4\u200b\u2060\u2064\u3164\ufeff\uffa0\ufffa')
  const writing = fc.string({ unit: fc.constantFrom(...'abc 12#*؟کتاآक्षमনাന്😀👩🏽❤字ᠮ\u200c\u200d\ufe0f\u{e0101}') })
  fc.assert(
    fc.property(writing, writing, invisible, (before, after, unseen) => {
      t.true(shown(`${before}${unseen}${after}`).includes(`\\u${unseen.charCodeAt(0).toString(16).padStart(4, '0')}`))
    }),
  )
  fc.assert(
    fc.property(writing, (text) => {
      t.is(shown(shown(text)), shown(text))
      // Nothing goes: what was written is there, or its escape is.
      const again = shown(text).replaceAll(/\\u([0-9a-f]{4})/g, (_, code) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
      t.is(again, text)
    }),
  )
})

test('what cannot be seen but makes what is written stays: emoji, Persian, Indic scripts, variants of characters', (t) => {
  for (const text of [
    ...[
      '❤\ufe0f',
      '☎\ufe0e',
      '1\ufe0f\u20e3',
      '#\ufe0f\u20e3',
      '👩\u200d🚀',
      '👩🏽\u200d🚀',
      '🏳\ufe0f\u200d🌈',
      '👨\u200d👩\u200d👧\u200d👦',
      '❤\ufe0f\u200d🔥',
    ],
    ...['می\u200cخواهم', 'کتاب\u200cها', 'क्\u200dष', 'क्\u200cष', 'শ্\u200dর', 'ශ්\u200dරී', 'അവന്\u200d', 'ക്\u200cഷ'],
    ...['葛\u{e0100}', '﨑\ufe00', 'ᠮᠣᠩᠭᠣᠯ\u180eᠠ'],
  ])
    t.is(shown(text), text)
})

test('a length in bytes is that of UTF-8', (t) => {
  fc.assert(fc.property(anything, (text) => t.is(byteLength(text), Buffer.byteLength(text))))
})

test('JSON to decide on hides nothing, and is the same JSON', (t) => {
  t.is(visibleJson({ to: 'a\u202eb\u200b\u{e0041}\u0085' }), '{\n  "to": "a\\u202eb\\u200b\\udb40\\udc41\\u0085"\n}')
  fc.assert(
    fc.property(anything, (text) => {
      const shown = visibleJson([text])
      t.deepEqual(JSON.parse(shown), [text])
      t.is(displayText(shown), shown)
    }),
    { numRuns: 500 },
  )
})
