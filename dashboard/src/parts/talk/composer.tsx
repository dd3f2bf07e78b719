import { ActionIcon, Alert, Button, Group, Text, Textarea, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconSend2, IconX } from '@tabler/icons-react'
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from 'react'
import { flushSync } from 'react-dom'
import { displayLine } from '../../../../src/base/text.ts'
import { failureText, tellFailure } from '../../app/api.ts'
import { ForeignLine, Name, type Person } from '../foreign.tsx'
import classes from './composer.module.css'
import { type Candidate, completed, matching, nameAt } from './mentions.ts'

export interface ReplyTo {
  id: string
  from: Person
  body: string
}

export interface ComposerHandle {
  focus(): void
}

interface Props {
  /** Of what is written: it is kept while one looks elsewhere. */
  place: string
  label: string
  /** Rejects with the reason when it was refused: then the text comes back. */
  send(text: string, replyTo: string | undefined): Promise<void>
  names?: readonly Candidate[]
  replyTo?: ReplyTo | undefined
  onReplyTo(message: ReplyTo | undefined): void
  /** Why nothing can be said here. */
  closed?: ReactNode
  /** Beside the button. */
  options?: ReactNode
  ref?: Ref<ComposerHandle>
}

/** What was begun and not sent, by place, as long as the tab is open. */
const drafts = new Map<string, string>()

/** Where one writes: Enter sends, Shift+Enter begins a line, `@` offers names. */
export function Composer(props: Props) {
  const { place, label, send, names = [], replyTo, onReplyTo, closed, options, ref } = props
  const area = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(() => drafts.get(place) ?? '')
  const [refusal, setRefusal] = useState<{ title: string; detail: string }>()
  const menu = useNames(names, text)
  const list = useId()
  useImperativeHandle(ref, () => ({ focus: () => area.current?.focus() }), [])
  useEffect(() => {
    if (text === '') drafts.delete(place)
    else drafts.set(place, text)
  }, [place, text])
  useEffect(() => {
    if (replyTo) area.current?.focus()
  }, [replyTo])

  if (closed !== undefined) {
    return (
      <div className={classes['composer']}>
        <Text size="sm" c="dimmed">
          {closed}
        </Text>
      </div>
    )
  }

  const submit = () => {
    if (text.trim() === '') return
    const [sent, answers] = [text, replyTo]
    setText('')
    setRefusal(undefined)
    menu.close()
    onReplyTo(undefined)
    send(sent, answers?.id).catch((error) => {
      // What was refused is not lost, and neither is what was begun meanwhile, nor when one has gone elsewhere.
      if (!area.current) {
        drafts.set(place, sent)
        return tellFailure(error)
      }
      setText((now) => (now === '' ? sent : `${sent}\n${now}`))
      onReplyTo(answers)
      setRefusal(failureText(error))
      area.current?.focus()
    })
  }
  const choose = (name: string) => {
    const next = completed(text, area.current?.selectionStart ?? text.length, name)
    // At once: what is typed next belongs behind the name.
    flushSync(() => setText(next.text))
    menu.close()
    area.current?.focus()
    area.current?.setSelectionRange(next.caret, next.caret)
  }
  const onKey = (event: KeyboardEvent) => {
    // Enter also ends the writing of one character by several keys.
    if (event.nativeEvent.isComposing) return
    const chosen = menu.found[menu.active]
    if (chosen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      menu.move(event.key === 'ArrowDown' ? 1 : -1)
    } else if (chosen && (event.key === 'Tab' || event.key === 'Enter') && !event.shiftKey) {
      event.preventDefault()
      choose(chosen.name)
    } else if (event.key === 'Escape' && (chosen || replyTo)) {
      event.preventDefault()
      if (chosen) menu.close()
      else onReplyTo(undefined)
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault()
      submit()
    }
  }

  return (
    <div className={classes['composer']}>
      {refusal && (
        <Alert
          color="red"
          title={refusal.title}
          role="alert"
          mb="xs"
          withCloseButton
          closeButtonLabel="Close"
          onClose={() => setRefusal(undefined)}
        >
          {refusal.detail}
        </Alert>
      )}
      {replyTo && (
        <div className={classes['reply']}>
          <IconArrowBackUp size={14} aria-hidden />
          <span>Replying to</span>
          <Name who={replyTo.from} icon={false} />
          <span className={`agora-foreign ${classes['replied']}`}>{displayLine(replyTo.body.slice(0, 200))}</span>
          <ActionIcon size="sm" aria-label="Do not reply" onClick={() => onReplyTo(undefined)}>
            <IconX size={14} />
          </ActionIcon>
        </div>
      )}
      {menu.found.length > 0 && (
        <div id={list} className={`agora-panel ${classes['names']}`} role="listbox" aria-label="Names">
          {menu.found.map((one, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the text field, which keeps the focus
            // biome-ignore lint/a11y/useFocusableInteractive: as above
            <div
              key={one.name}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === menu.active}
              className={classes['name']}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(one.name)}
            >
              <span>
                @<ForeignLine text={one.name} />
              </span>
              <Text span size="xs" c="dimmed">
                {one.note}
              </Text>
            </div>
          ))}
        </div>
      )}
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <Textarea
          ref={area}
          flex={1}
          aria-label={label}
          placeholder={label}
          minRows={1}
          maxRows={10}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            menu.look(event.currentTarget.selectionStart)
          }}
          onKeyDown={onKey}
          onBlur={menu.close}
          aria-autocomplete={names.length > 0 ? 'list' : 'none'}
          {...(menu.found.length > 0 && { 'aria-controls': list, 'aria-activedescendant': `${list}-${menu.active}` })}
        />
        {options}
        <Tooltip label="Enter sends, Shift+Enter begins a new line">
          <Button onClick={submit} disabled={text.trim() === ''} leftSection={<IconSend2 size={16} aria-hidden />}>
            Send
          </Button>
        </Tooltip>
      </Group>
      <span role="status" className="agora-visually-hidden">
        {menu.found.length > 0 ? `${menu.found.length} names fit. Arrow keys choose, Tab takes one.` : ''}
      </span>
    </div>
  )
}

/** The names that fit what is being typed; none while no name is. */
function useNames(names: readonly Candidate[], text: string) {
  const [caret, setCaret] = useState<number>()
  const [active, setActive] = useState(0)
  const begun = caret === undefined ? undefined : nameAt(text, caret)
  const found = begun && names.length > 0 ? matching(names, begun.typed) : []
  return {
    found,
    active: Math.min(active, Math.max(0, found.length - 1)),
    look(at: number) {
      setActive(0)
      setCaret(at)
    },
    move: (by: number) => setActive((now) => (now + by + found.length) % found.length),
    close: () => setCaret(undefined),
  }
}
