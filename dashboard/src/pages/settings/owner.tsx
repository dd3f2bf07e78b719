import { Alert, Badge, Button, FileButton, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { displayLine } from '../../../../src/base/text.ts'
import type { OwnerNode, Ownership } from '../../../../src/capabilities/owner/schema.ts'
import type { Input } from '../../../../src/operations.ts'
import { useAct, useRead } from '../../app/api.ts'
import { CopyCommand } from '../../parts/copy-command.tsx'
import { Name } from '../../parts/foreign.tsx'
import { absoluteText } from '../../parts/moment.tsx'
import { Section } from '../../parts/page.tsx'
import { Answer } from '../../parts/states.tsx'
import { ActTable } from './act-table.tsx'
import { PassphraseDialog } from './passphrase.tsx'
import { saveFile } from './save-file.ts'

type KeyFile = Input<'owner.import'>['key']
type Doing =
  | { what: 'init' | 'export' | 'attest' }
  | { what: 'import'; key: KeyFile }
  | { what: 'revoke'; node: OwnerNode }

const states: Record<Ownership['state'], { label: string; color: string }> = {
  none: { label: 'no owner', color: 'gray' },
  unattested: { label: 'not attested', color: 'yellow' },
  attested: { label: 'attested', color: 'green' },
  expired: { label: 'attestation expired', color: 'yellow' },
  revoked: { label: 'revoked, for ever', color: 'red' },
}

/** Whose this node is: one person with several nodes has one owner key. */
export function Owner() {
  const owner = useRead('owner.show', {})
  const nodes = useRead('owner.nodes', {})
  const [doing, setDoing] = useState<Doing>()
  return (
    <Stack gap="xl">
      <Section
        title="Owner key"
        note="One key for all your machines: a friend of one of your nodes is a friend of the others, and a lost one can be withdrawn."
      >
        <Answer of={owner}>{(ownership) => <State ownership={ownership} onDo={setDoing} />}</Answer>
      </Section>
      {nodes.data && nodes.data.items.length > 0 && (
        <Section title="Your nodes">
          <Nodes items={nodes.data.items} canRevoke={owner.data?.has_key === true} onDo={setDoing} />
        </Section>
      )}
      <Dialogs doing={doing} hasKey={owner.data?.has_key === true} onClose={() => setDoing(undefined)} />
    </Stack>
  )
}

function State({ ownership, onDo }: { ownership: Ownership; onDo(doing: Doing): void }) {
  const { owner, state, has_key, expires_at } = ownership
  const [fault, setFault] = useState<string>()
  const importing = (
    <FileButton
      accept="application/json,.json"
      onChange={(file) =>
        void readKey(file).then(
          (key) => key && onDo({ what: 'import', key }),
          () => setFault('This file is no owner key. It is the one that an export wrote.'),
        )
      }
    >
      {(props) => (
        <Button variant="default" {...props}>
          Import a key
        </Button>
      )}
    </FileButton>
  )
  return (
    <Stack gap="sm">
      {owner === undefined ? (
        <Text size="sm">
          This node has no owner. Make the key on your first machine, export it, and import it on the others.
        </Text>
      ) : (
        <>
          <CopyCommand command={owner} label="Copy the owner’s DID" />
          <Group gap="xs">
            <Badge color={states[state].color}>{states[state].label}</Badge>
            {expires_at !== undefined && (
              <Text size="sm" c="dimmed">
                This node is attested until {absoluteText(expires_at)}.
              </Text>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {has_key
              ? 'The key is on this node, encrypted by its passphrase.'
              : 'The key itself is not on this node: it can neither attest nor revoke.'}
          </Text>
        </>
      )}
      {fault !== undefined && (
        <Alert color="red" title={fault} withCloseButton onClose={() => setFault(undefined)} role="alert" />
      )}
      <Group gap="xs">
        {owner === undefined && <Button onClick={() => onDo({ what: 'init' })}>Make an owner key</Button>}
        {has_key && <Button onClick={() => onDo({ what: 'export' })}>Export the key</Button>}
        {has_key && state !== 'revoked' && (
          <Button variant="default" onClick={() => onDo({ what: 'attest' })}>
            Attest this node anew
          </Button>
        )}
        {importing}
      </Group>
    </Stack>
  )
}

async function readKey(file: File | null): Promise<KeyFile | undefined> {
  if (!file) return undefined
  const key = JSON.parse(await file.text())
  if (key?.type !== 'agora-owner-key-1') throw new TypeError('no owner key')
  return key
}

function Nodes({ items, canRevoke, onDo }: { items: OwnerNode[]; canRevoke: boolean; onDo(doing: Doing): void }) {
  return (
    <ActTable label="Nodes of this owner" heads={['Node', 'State', { text: 'Until or since', visibleFrom: 'sm' }]}>
      {items.map((node) => {
        const at = node.revoked_at ?? node.expires_at
        return (
          <Table.Tr key={node.did}>
            <Table.Td>
              <Name who={node} />
            </Table.Td>
            <Table.Td>
              <Group gap="xs">
                <Badge color={node.state === 'revoked' ? 'red' : 'green'}>
                  {node.state === 'this' ? 'this node' : node.state}
                </Badge>
                {node.state === 'attested' && node.online && <Badge color="gray">connected</Badge>}
              </Group>
            </Table.Td>
            <Table.Td visibleFrom="sm">{at === undefined ? '' : absoluteText(at)}</Table.Td>
            <Table.Td>
              <Group justify="flex-end">
                {canRevoke && node.state === 'attested' && (
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => onDo({ what: 'revoke', node })}
                    aria-label={`Revoke ${displayLine(node.name)}`}
                  >
                    Revoke
                  </Button>
                )}
              </Group>
            </Table.Td>
          </Table.Tr>
        )
      })}
    </ActTable>
  )
}

const REPLACES =
  'The key that is here is kept beside it under another name. Nodes that the old owner attested stay the old owner’s until you import the new key there.'

function Dialogs({ doing, hasKey, onClose }: { doing: Doing | undefined; hasKey: boolean; onClose(): void }) {
  const quiet = { tellError: false }
  const init = useAct('owner.init', { ...quiet, done: 'The owner key is made. Export it, and keep a copy safe.' })
  const attest = useAct('owner.attest', { ...quiet, done: 'This node is attested for another year.' })
  const take = useAct('owner.import', { ...quiet, done: 'The owner key is here, and this node is attested.' })
  const revoke = useAct('owner.revoke', { ...quiet, done: 'Revoked. It is on its way to your friends.' })
  const give = useAct('owner.export', quiet)
  const [typed, setTyped] = useState('')
  const lost = doing?.what === 'revoke' ? doing.node : undefined
  const close = () => {
    setTyped('')
    onClose()
  }
  const shared = (what: Doing['what']) => ({ opened: doing?.what === what, onClose: close })
  return (
    <>
      <PassphraseDialog
        {...shared('init')}
        title="Make an owner key"
        action="Make the key"
        isNew
        onSubmit={(passphrase) => init.mutateAsync({ passphrase, force: hasKey })}
      >
        The key is encrypted by a passphrase, and attests this node. Without key and passphrase a lost node of yours can
        never be withdrawn.
      </PassphraseDialog>
      <PassphraseDialog
        {...shared('export')}
        title="Export the owner key"
        action="Save the file"
        onSubmit={async (passphrase) => {
          const key = await give.mutateAsync({ passphrase })
          saveFile(
            new Blob([`${JSON.stringify(key, null, 2)}\n`], { type: 'application/json' }),
            'agora-owner-key.json',
          )
        }}
      >
        The file is encrypted by the same passphrase. Carry it to your other machines, and keep a copy in a safe place.
      </PassphraseDialog>
      <PassphraseDialog
        {...shared('attest')}
        title="Attest this node anew"
        action="Attest it"
        onSubmit={(passphrase) => attest.mutateAsync({ passphrase })}
      >
        The owner’s word that this node is yours, for a year from now.
      </PassphraseDialog>
      <PassphraseDialog
        {...shared('import')}
        title="Import an owner key"
        action="Import it"
        danger={hasKey}
        onSubmit={(passphrase) =>
          doing?.what === 'import' ? take.mutateAsync({ key: doing.key, passphrase, force: hasKey }) : Promise.resolve()
        }
      >
        {hasKey
          ? `Another key is here already. ${REPLACES}`
          : 'It stays encrypted by the passphrase it has, and attests this node.'}
      </PassphraseDialog>
      <PassphraseDialog
        {...shared('revoke')}
        title={`Withdraw ${displayLine(lost?.name ?? '')} for ever?`}
        action="Withdraw it for ever"
        danger
        disabled={typed.trim() !== 'for ever'}
        onSubmit={(passphrase) => (lost ? revoke.mutateAsync({ node: lost.did, passphrase }) : Promise.resolve())}
      >
        <Stack gap="sm">
          <Text size="sm">
            For a device that is lost. Whoever knew it as yours takes its trust away as soon as they learn it. There is
            no way back: a device that turns up again begins anew with another key.
          </Text>
          {lost && <CopyCommand command={lost.did} label="Copy its DID" />}
          <TextInput
            label="Type “for ever” to go on"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
          />
        </Stack>
      </PassphraseDialog>
    </>
  )
}
