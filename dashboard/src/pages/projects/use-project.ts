import { useParams } from '@tanstack/react-router'
import type { Output } from '../../../../src/operations.ts'
import { useRead } from '../../app/api.ts'

/** The project whose page this is a part of; only shown once it was answered. */
export function useProject(): Output<'projects.show'> {
  const { projectId } = useParams({ strict: false }) as { projectId: string }
  const { data } = useRead('projects.show', { project_id: projectId })
  if (!data) throw new TypeError('this part is shown before its project')
  return data
}
