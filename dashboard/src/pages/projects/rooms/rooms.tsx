import { Page } from '../../../parts/page.tsx'

export const Rooms = () => <Page title="Rooms">{null}</Page>
