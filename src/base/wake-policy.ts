/** When a hook may run unless its operator says otherwise; the shape is `Policy` of the capability. Here, because pages show it and carry no schemas. */
export const defaultPolicy = {
  after_seconds: 30,
  debounce_seconds: 5,
  pause_seconds: 60,
  timeout_seconds: 600,
  per_day: 20,
  hours: '00:00-24:00',
  min_trust: 3,
  notify: true,
} as const
