import { z } from 'zod'
import { Empty, page } from '../../contract/common.ts'
import { operation } from '../../contract/operation.ts'
import { Backup, BackupId, NewPassphrase, WaitingSpace } from './schema.ts'

export const backupOperations = [
  operation({
    name: 'backups.list',
    summary: 'List the backups that lie in this node’s home.',
    who: 'operator',
    input: Empty,
    output: page(Backup),
    http: { method: 'GET', path: '/backups' },
  }),
  operation({
    name: 'backups.create',
    summary: 'Write an encrypted backup of this node into its home.',
    description:
      'Keys, settings, and the database as it is at one moment, while the node goes on working. Tokens are not in it: whoever restores gets new ones. `GET /backups/:id/file` gives it; `agora restore` puts it back.',
    who: 'operator',
    input: z.object({ passphrase: NewPassphrase }),
    output: Backup,
    http: { method: 'POST', path: '/backups', status: 201 },
  }),
  operation({
    name: 'backups.remove',
    summary: 'Delete a backup from this node’s home.',
    who: 'operator',
    input: z.object({ id: BackupId }),
    output: z.object({ removed: BackupId }),
    http: { method: 'DELETE', path: '/backups/:id' },
  }),
  operation({
    name: 'backups.waiting',
    summary: 'List the projects and threads of a restored node in which it writes nothing yet.',
    description:
      'Others know more of what this node wrote there than its backup did. It goes on by itself in each as soon as a member of it is connected and has told that.',
    who: 'operator',
    input: Empty,
    output: page(WaitingSpace),
    http: { method: 'GET', path: '/backups/waiting' },
  }),
  operation({
    name: 'backups.resume',
    summary: 'Write on in a project or thread of a restored node without having heard its other members.',
    description:
      'For when nobody knows more, or whoever does will not come back. If somebody does all the same, what this node wrote then and writes now stand beside each other, both are kept, and every member is told of a fork; as keeper it may give out a task that somebody else holds.',
    who: 'operator',
    input: z.object({
      /** The space, or the beginning of its id; all that wait when it is left out. */
      space: z.string().min(1).max(64).optional(),
    }),
    output: z.object({ resumed: z.array(z.string()) }),
    http: { method: 'POST', path: '/backups/resume' },
  }),
] as const
