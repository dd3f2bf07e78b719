/** Days in the reader's zone. */
const form = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const days = new Map<string, string>()

/** The same for two times of one day. Thousands of messages ask for the days of few hours. */
export function dayOf(at: string): string {
  const hour = at.slice(0, 13)
  let day = days.get(hour)
  if (day === undefined) {
    // Zones differ by quarters of an hour, too: then an hour of UTC can lie in two days.
    const [date, end] = [new Date(`${hour}:00:00Z`), new Date(`${hour}:59:59Z`)]
    day = date.toDateString() === end.toDateString() ? date.toDateString() : ''
    if (days.size > 10_000) days.clear()
    days.set(hour, day)
  }
  return day === '' ? new Date(at).toDateString() : day
}

export function dayText(at: string): string {
  const day = dayOf(at)
  const now = new Date()
  if (day === now.toDateString()) return 'Today'
  now.setDate(now.getDate() - 1)
  return day === now.toDateString() ? 'Yesterday' : form.format(new Date(at))
}

/** `14:05`. */
export const timeText = (at: string): string => clock.format(new Date(at))
