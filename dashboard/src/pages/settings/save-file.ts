/** Gives a file to the browser to keep, as if it had been downloaded. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has taken it when this turn is over.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
