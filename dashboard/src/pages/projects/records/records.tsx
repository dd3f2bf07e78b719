import { Page } from '../../../parts/page.tsx'

export const Records = () => <Page title="Records">{null}</Page>
