import { Page } from '../../../parts/page.tsx'

export const ProjectSettings = () => <Page title="Settings">{null}</Page>
