import { Page } from '../../parts/page.tsx'

export const Messages = () => <Page title="Messages">{null}</Page>
