import type { Tool } from '../tool.ts'
import { friendTools } from './friends.ts'
import { fullTools } from './full/index.ts'
import { messageTools } from './messages.ts'
import { nextTools } from './next.ts'
import { nodeTools } from './node.ts'
import { projectTools } from './projects.ts'
import { roomTools } from './rooms.ts'
import { taskTools } from './tasks.ts'
import { wakeTools } from './wake.ts'

/** Every tool there is, in the order in which clients list them. */
export const tools: readonly Tool[] = [
  ...nextTools,
  ...messageTools,
  ...taskTools,
  ...roomTools,
  ...projectTools,
  ...friendTools,
  ...wakeTools,
  ...nodeTools,
  ...fullTools,
]
