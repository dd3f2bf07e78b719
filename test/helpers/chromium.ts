import { existsSync } from 'node:fs'

const own = process.env['AGORA_CHROMIUM'] ?? ''
const shell = '/usr/bin/chromium-headless-shell'
const whole = [
  ...['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'].map((name) => `/usr/bin/${name}`),
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const first = (...paths: string[]): string | undefined => paths.find((path) => path !== '' && existsSync(path))

/** Where Chromium is; undefined when this machine has none. */
export const chromiumPath = first(own, ...whole, shell)

/** The same, if there is one without windows: it draws the same pages in half of the processor's time. */
export const headlessPath = first(own, shell, ...whole)

/** As it runs without a screen, and asks nobody anything by itself. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
