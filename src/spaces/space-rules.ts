import type { SpaceRules } from '../log/types.ts'
import { projectRules } from './project-rules.ts'
import { threadRules } from './thread.ts'

/** By what each kind of space is folded; what is opened by it is narrowed where its kind is known. */
export const spaceRules: Readonly<Record<'project' | 'thread', SpaceRules>> = {
  project: projectRules as SpaceRules,
  thread: threadRules as SpaceRules,
}
