import { Page } from '../../../parts/page.tsx'

export const Audit = () => <Page title="Audit">{null}</Page>
