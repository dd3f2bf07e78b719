/** One block of a stream of server-sent events. */
export interface SentEvent {
  /** The position to come back to, when the block names one. */
  id: string | undefined
  /** Empty when the block only names a position. */
  data: string
}

/** Reads server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html); leaving the loop closes the stream. */
export async function* parseEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<SentEvent, void, undefined> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let text = ''
  try {
    while (true) {
      const { done, value } = await reader.read()
      // What was not ended by an empty line was cut off, and comes again.
      if (done) return
      text += decoder.decode(value, { stream: true })
      const blocks = text.replaceAll('\r\n', '\n').split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const event = eventIn(block)
        if (event) yield event
      }
    }
  } finally {
    // It may have broken already; then there is nothing left to close.
    await reader.cancel().catch(() => undefined)
  }
}

function eventIn(block: string): SentEvent | undefined {
  let id: string | undefined
  const data: string[] = []
  for (const line of block.split('\n')) {
    const [, field, value = ''] = /^(\w+)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'id') id = value
    if (field === 'data') data.push(value)
  }
  return id === undefined && data.length === 0 ? undefined : { id, data: data.join('\n') }
}
