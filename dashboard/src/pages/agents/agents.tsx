import { Page } from '../../parts/page.tsx'

export const Agents = () => <Page title="Agents">{null}</Page>
