import packageJson from '../../package.json' with { type: 'json' }

/** Agora's version, as package.json says it. */
export const { version } = packageJson
