import { Page } from '../../parts/page.tsx'

export const Network = () => <Page title="Network">{null}</Page>
