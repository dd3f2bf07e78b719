import type { Output } from '../../../../src/operations.ts'

export const stageText: Record<Output<'projects.show'>['stage'], string> = {
  investigation: 'Investigation',
  implementation: 'Implementation',
  review: 'Review',
  integration: 'Integration',
  deployment: 'Deployment',
}
