import { name, prose, type Sentence, sentence, title } from '../../base/sentence.ts'
import type { Alert } from './schema.ts'

/** How who and what an alert speaks of are called here. */
export interface AlertNames {
  /** Of a DID, or of an address as it is. */
  who(did: string): string
  /** Of a project, when it is known here. */
  project(id: string): string | undefined
}

type Told = { reason: string; who: string; detail: Record<string, unknown> }

const dangers = new Set([
  ...['name_claimed', 'wrong_key_at_address', 'owner_changed', 'owner_revoked', 'owner_revoked_this_node'],
  ...['project_fork', 'bad_signature', 'foreign_sender', 'entry_bad_signature', 'forbidden_origin', 'forbidden_host'],
])

export const levelOf = (reason: string): Alert['level'] => (dangers.has(reason) ? 'danger' : 'notice')

/** What an alert says, as whole sentences. Of a reason that is not known here: whom, and the reason. */
export function alertWords({ reason, who, detail }: Told, names: AlertNames): Sentence {
  const text = (field: string): string => (typeof detail[field] === 'string' ? (detail[field] as string) : '?')
  const whom = name(who === '' ? '?' : names.who(who))
  if (who === '') return sentence`Many others, too, gave reason for the same alert (${reason}).`
  switch (reason) {
    case 'name_claimed':
      return sentence`A node calls itself “${name(text('name'))}” and is not your friend ${name(text('friend_name'))}: its key is another.`
    case 'friend_renamed':
      return sentence`Your friend ${whom} now calls itself “${name(text('calls_itself'))}”; here it keeps its name.`
    case 'wrong_key_at_address':
      return sentence`At ${text('address')}, where ${whom} was expected, somebody with another key answers.`
    case 'owner_revoked':
      return sentence`The owner of ${whom} has revoked it: it has no trust here any more.`
    case 'owner_revoked_this_node':
      return sentence`The owner of this node has revoked it.`
    case 'owner_changed':
      return sentence`${whom} proves another owner than before.`
    case 'attestation_unusable':
      return sentence`This node cannot show its owner: ${prose(text('detail'))}.`
    case 'bad_token':
      return sentence`Somebody at ${title(who)} called this node with a token that is not valid.`
    case 'bad_code':
      return sentence`Somebody on this machine tried to sign in to the dashboard with a code that is wrong, used or too old.`
    case 'forbidden_origin':
      return sentence`A web page (${text('value')}) tried to use this node, and was refused.`
    case 'forbidden_host':
      return sentence`Somebody asked this node by the name ${text('value')}, and was refused: a web page may try to reach it by a name of its own.`
    case 'denied_in_project': {
      const project = names.project(text('project')) ?? text('project').slice(0, 8)
      return sentence`${whom} tried ${text('operation')} in the project “${project}”, and was not permitted.`
    }
    case 'project_fork': {
      const project = names.project(text('project_id')) ?? text('project_id').slice(0, 8)
      return sentence`${whom} has written two histories of the project “${project}”: it was put back from a backup, or it says one thing here and another there.`
    }
    case 'bad_signature':
    case 'entry_bad_signature':
      return sentence`${whom} sent something with a signature that is not valid.`
    case 'foreign_sender':
      return sentence`${whom} sent something in the name of ${name(text('detail'))}.`
    default:
      return byBeginning(reason, sentence`${whom}`)
  }
}

function byBeginning(reason: string, whom: Sentence): Sentence {
  if (reason.startsWith('attestation_'))
    return sentence`${whom} shows an owner, and the proof is not valid (${reason}).`
  if (reason.startsWith('revocation_')) return sentence`${whom} told a revocation that is not valid (${reason}).`
  if (reason.startsWith('entry_'))
    return sentence`${whom} sent an entry of a project or thread that is none (${reason}).`
  if (/malformed|not_canonical|wrong_recipient/.test(reason))
    return sentence`${whom} sent something that is not Agora (${reason}).`
  return sentence`${whom} did something it must not (${reason}).`
}
