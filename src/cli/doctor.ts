import { displayLine } from '../base/text.ts'
import { checks, examine } from './checks.ts'
import type { Command } from './command.ts'

export const doctorCommands: Command[] = [
  {
    usage: 'doctor',
    group: 'Set-up',
    summary: 'Look for what may be wrong with this node.',
    details: `It looks at: ${Object.keys(checks).join(', ')}. It repairs nothing, and exits with 1 when something fails.`,
    examples: ['agora doctor', 'agora --name alice doctor --format json'],
    async run(context) {
      const { io, style } = context
      const findings = await examine(context.home({ create: true }), io)
      const colours = { ok: style.green, warn: style.yellow, fail: style.red }
      await context.answer({ items: findings }, ({ items }) =>
        items
          .map(({ check, state, detail, hint }) => {
            const line = `${colours[state](state.padEnd(4))}  ${check.padEnd(8)}  ${displayLine(detail)}\n`
            return hint ? `${line}                ${style.dim(hint)}\n` : line
          })
          .join(''),
      )
      return findings.some(({ state }) => state === 'fail') ? 1 : 0
    },
  },
]
