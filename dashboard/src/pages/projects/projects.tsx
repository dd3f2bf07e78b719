import { Page } from '../../parts/page.tsx'

export const Projects = () => <Page title="Projects">{null}</Page>
