import { loadSettings } from '../../src/config.ts'
import { startDaemon } from '../../src/daemon.ts'
import { homeAt } from '../../src/store/home.ts'
import { serve } from './children.ts'
import { LIFTED } from './world.ts'

/** A daemon within this process: `writer.ts <root of homes> <name>`. It writes into a project without a call over HTTP for each entry. */
export interface WriteOrder {
  project: string
  count: number
  inFlight: number
  text: string
}

const [, , root = '', name = ''] = process.argv
const flags = { port: '0', api_port: '0', address: ['127.0.0.1'] }
const { settings } = loadSettings({ flags, env: LIFTED })
const daemon = await startDaemon({ home: homeAt(root, name), settings })
const operator = { kind: 'operator', did: daemon.did } as const

/** Answers the id of the latest entry once all are on disk here. */
async function write({ project, count, inFlight, text }: WriteOrder): Promise<string | undefined> {
  let begun = 0
  const lane = async () => {
    while (begun++ < count)
      await daemon.dispatch.call('rooms.say', operator, { project_id: project, room: 'main', body: text })
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  const asked = { project_id: project, limit: '1' }
  const { items } = (await daemon.dispatch.call('audit.list', operator, asked)) as { items: { id: string }[] }
  return items[0]?.id
}

process.on('SIGTERM', () => void daemon.stop().then(() => process.exit()))
serve(daemon.addresses[0], write)
