import { Page } from '../../../parts/page.tsx'

export const Timeline = () => <Page title="Timeline">{null}</Page>
