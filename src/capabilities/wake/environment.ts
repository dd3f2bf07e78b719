/** What of the daemon's environment a hook gets. All else stays away, whatever it is called. */
const PASSED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'TZ', 'TMPDIR', 'SHELL', 'TERM', 'XDG_RUNTIME_DIR']
const PASSED_LOCALE = /^LC_[A-Z]+$/

/** Values of ours, by the names the hook finds them under. Those that come from the network hold nothing but what is named here. */
export interface WakeVariables {
  AGORA_HOME: string
  AGORA_NAME: string
  AGORA_NODE: string
  AGORA_API_URL: string
  AGORA_WAKE_FILE: string
  AGORA_WAKE_KIND: 'message' | 'request'
  AGORA_WAKE_COUNT: string
  AGORA_AGENT?: string
  AGORA_TOKEN_FILE?: string
  /** The DID of a node: letters, digits and colons. */
  AGORA_FROM: string
  /** A claim of the peer's, with all but letters, digits, dot, dash and underscore made underscores. */
  AGORA_FROM_NAME: string
}

export function hookEnvironment(
  own: Record<string, string | undefined>,
  variables: WakeVariables,
): Record<string, string> {
  const passed = Object.entries(own).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (PASSED.includes(entry[0]) || PASSED_LOCALE.test(entry[0])),
  )
  return { ...Object.fromEntries(passed), ...variables }
}

export const cleanName = (name: string): string => name.replace(/^-|[^A-Za-z0-9._-]/g, '_')
