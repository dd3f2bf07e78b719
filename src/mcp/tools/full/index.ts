import type { Tool } from '../../tool.ts'
import { wholeProjectTools } from './projects.ts'
import { recordTools } from './records.ts'
import { teamTools } from './team.ts'

/** Operations that are a tool each, for models that have room for them. */
export const fullTools: readonly Tool[] = [...teamTools, ...recordTools, ...wholeProjectTools]
