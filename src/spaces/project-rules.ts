import { type ProjectTables, projectContentRules } from '../capabilities/projects/rules.ts'
import { type RecordTables, recordRules } from '../capabilities/records/rules.ts'
import { type RoomTables, roomRules } from '../capabilities/rooms/rules.ts'
import { taskRules } from '../capabilities/tasks/rules.ts'
import type { TaskTables } from '../capabilities/tasks/state.ts'
import type { SpaceRules } from '../log/types.ts'
import { type ProjectJudgement, projectRulesOf } from './project.ts'
import { authorityFacts } from './project-facts.ts'

export type AllTables = ProjectTables & RoomTables & RecordTables & TaskTables

/** THE table: every capability whose entries stand in the log of a project. */
const parts = [projectContentRules, roomRules, recordRules, taskRules] as const

export const projectRules: SpaceRules<ProjectJudgement, AllTables> = {
  ...projectRulesOf<AllTables>(parts),
  // 1: whoever is suspended or no member takes back and answers no invitations.
  // 2: who left a task is kept.
  // 3: an invitation is not another of the same id.
  version: 3,
  searched: ['room.message', 'task.comment'],
}

/** All types of entries that a project can hold. */
export const projectEntryTypes: readonly string[] = [
  ...Object.keys(authorityFacts),
  ...parts.flatMap(({ types }): readonly string[] => types),
]
