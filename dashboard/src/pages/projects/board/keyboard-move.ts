import { useCallback, useLayoutEffect, useState } from 'react'
import { quotedShort } from '../../../../../src/base/text.ts'
import type { Task, TaskStatus } from '../../../../../src/capabilities/tasks/schema.ts'
import { statuses, statusText } from './columns.ts'

/** A task on the move by keyboard, and the column that it is over. */
export interface Held {
  task: Task
  over: TaskStatus
}

interface Ends {
  say: (text: string) => void
  drop: (task: Task, to: TaskStatus) => void
  putBack: (task: Task) => void
}

/**
 * Moves a task by keyboard: arrow keys choose a column, space or enter drops it there, escape puts it back. Which column is kept here and not measured by
 * where things are drawn, so that no key comes too early.
 */
export function useKeyboardMove({ say, drop, putBack }: Ends) {
  const [held, setHeld] = useState<Held>()

  const pickUp = useCallback(
    (task: Task): void => {
      setHeld({ task, over: task.status })
      say(
        `Picked up ${quotedShort(task.title)} from ${statusText[task.status]}. Arrow keys left and right choose a column, space drops it, escape puts it back.`,
      )
    },
    [say],
  )

  // A layout effect: it is there before the next key.
  useLayoutEffect(() => {
    if (!held) return
    const { task, over } = held
    const title = quotedShort(task.title)
    const letGo = (): void => {
      setHeld(undefined)
      say(`${title} is put back.`)
    }
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.altKey || event.ctrlKey || event.metaKey) return
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 0, ArrowDown: 0 }[event.key]
      const ends = event.key === ' ' || event.key === 'Enter'
      if (event.key === 'Tab') letGo()
      if (step === undefined && !ends && event.key !== 'Escape') return
      event.preventDefault()
      event.stopPropagation()
      if (event.key === 'Escape') {
        letGo()
        putBack(task)
      } else if (ends) {
        // The key that picked it up may still be held down.
        if (event.repeat) return
        setHeld(undefined)
        say(over === task.status ? `${title} stays where it was.` : `${title} is dropped on ${statusText[over]}.`)
        drop(task, over)
      } else if (step) {
        const next = statuses[statuses.indexOf(over) + step]
        if (!next) return
        setHeld({ task, over: next })
        say(`${title} is over ${statusText[next]}.`)
      }
    }
    document.addEventListener('keydown', onKeyDown, true)
    document.addEventListener('pointerdown', letGo, true)
    return () => {
      document.removeEventListener('keydown', onKeyDown, true)
      document.removeEventListener('pointerdown', letGo, true)
    }
  }, [held, say, drop, putBack])

  return { held, pickUp }
}
