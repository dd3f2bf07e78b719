import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react'

export interface Question {
  title: string
  /** What will happen, and what cannot be undone, in a sentence or two. */
  text: ReactNode
  /** The verb of the button that does it: "Remove bob". */
  action: string
  /** Red, for what cannot be undone. */
  danger?: boolean
  /** Asks for a line of text beside it, e.g. a reason. */
  reason?: { label: string; required?: boolean; placeholder?: string }
}
type Answer = { yes: false } | { yes: true; reason: string }
type Ask = (question: Question) => Promise<Answer>

const ConfirmContext = createContext<Ask | undefined>(undefined)

/** `const ask = useConfirm(); const { yes, reason } = await ask({…})`: destructive things ask once and say what they do. */
export function useConfirm(): Ask {
  const ask = useContext(ConfirmContext)
  if (!ask) throw new TypeError('there is nobody to ask above this component')
  return ask
}

/** Mantine's own dialogs are at 200, what drops down from them at 300. */
const ABOVE_ALL = 350

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question>()
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const answerRef = useRef<(answer: Answer) => void>(undefined)
  const ask = useCallback<Ask>((next) => {
    answerRef.current?.({ yes: false })
    setQuestion(next)
    setReason('')
    setOpen(true)
    return new Promise((resolve) => {
      answerRef.current = resolve
    })
  }, [])
  const answer = (given: Answer) => {
    answerRef.current?.(given)
    answerRef.current = undefined
    setOpen(false)
  }
  const missing = question?.reason?.required === true && reason.trim() === ''
  return (
    <ConfirmContext.Provider value={ask}>
      {children}
      {/* Above whatever dialog or drawer asks. */}
      <Modal opened={open} onClose={() => answer({ yes: false })} title={question?.title} size="md" zIndex={ABOVE_ALL}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (!missing) answer({ yes: true, reason: reason.trim() })
          }}
        >
          <Stack>
            <Text component="div" size="sm">
              {question?.text}
            </Text>
            {question?.reason && (
              <TextInput
                data-autofocus
                label={question.reason.label}
                placeholder={question.reason.placeholder}
                required={question.reason.required ?? false}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
                maxLength={500}
              />
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={() => answer({ yes: false })}>
                Cancel
              </Button>
              <Button type="submit" color={question?.danger ? 'red' : 'agora'} disabled={missing}>
                {question?.action}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </ConfirmContext.Provider>
  )
}
