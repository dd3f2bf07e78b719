import test from 'ava'
import fc from 'fast-check'
import { byteLength, displayLine, displayText, visibleJson } from '../../src/base/text.ts'

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
