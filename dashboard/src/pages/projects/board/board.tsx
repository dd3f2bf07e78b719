import { Page } from '../../../parts/page.tsx'

export const Board = () => <Page title="Board">{null}</Page>
