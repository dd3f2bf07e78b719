import { Page } from '../../parts/page.tsx'

export const Home = () => <Page title="Home">{null}</Page>
