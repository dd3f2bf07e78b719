import { Page } from '../../../parts/page.tsx'

export const Team = () => <Page title="Team">{null}</Page>
