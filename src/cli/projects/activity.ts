import { plain } from '../../base/sentence.ts'
import { shownName } from '../../base/text.ts'
import type { Activity } from '../../capabilities/audit/schema.ts'
import { type Command, pageOptions } from '../command.ts'
import { ago, cut } from '../text.ts'
import { paging } from './fields.ts'

/** Columns of what was done that are shown where no terminal cuts it. */
const WHAT_MAX = 120

export const activityCommands: Command[] = [
  {
    usage: 'activity',
    group: 'Projects',
    summary: 'Show what was done in all your projects, the latest first.',
    details: 'What counts is shown; `agora project audit` shows all there is in the record of one project.',
    options: pageOptions,
    examples: ['agora activity', 'agora activity --limit 10'],
    async run(context) {
      const page = await context.call('activity.list', paging(context))
      await context.answer(page, async ({ items, next_cursor }) => {
        if (items.length === 0) return 'Nothing was done yet.\n'
        const now = context.io.clock.now()
        const rows = items.map((one) => [ago(one.at, now), one.project, shownName(one.who.name), what(one)])
        return (await context.table(['WHEN', 'PROJECT', 'WHO', 'WHAT'], rows)) + context.more(next_cursor, 'activity')
      })
    },
  },
]

const what = ({ deed }: Activity): string =>
  cut(
    plain(deed, ({ text, said }) => (said === 'name' ? shownName(text) : text)),
    WHAT_MAX,
  )
