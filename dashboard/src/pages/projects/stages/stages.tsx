import { Page } from '../../../parts/page.tsx'

export const Stages = () => <Page title="Stages">{null}</Page>
