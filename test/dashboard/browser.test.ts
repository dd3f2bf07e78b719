import test from 'ava'
import { headlessPath } from '../helpers/chromium.ts'

test('the dashboard is tried in a browser, where there is one', (t) => {
  if (headlessPath === undefined)
    t.log(
      'No Chromium here, so the tests of the dashboard are skipped: apt-get install chromium, or set AGORA_CHROMIUM.',
    )
  t.pass()
})
