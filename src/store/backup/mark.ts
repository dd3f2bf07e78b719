import { hash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { openDatabase, sqlBuilder } from '../database.ts'
import { agentTokenFile, type Home } from '../home.ts'
import { newToken, syncFolder, writePrivate } from '../private-file.ts'

export interface MarkedCounts {
  /** Projects and threads that are not written in until others were heard. */
  spaces: number
  /** Agents, each with a new token. */
  agents: number
}

interface Tables {
  spaces: { id: string }
  restored_spaces: { space: string; as_of: number; restored_at: number; settled_at: number | null }
  agents: { name: string; token_hash: string }
  sqlite_sequence: { name: string; seq: number }
  sessions: { id: string }
}
const sql = sqlBuilder<Tables>()

/** Further than any node counts between a backup and its return. */
const AHEAD = 10_000_000

/**
 * Readies the database of a backup to be used again, where others know more of this node than it does itself.
 * - In no space anything is written until it is known what this node wrote there since.
 * - No token counts that did then: what was withdrawn since must not come back.
 * - Positions of mail and events go on far above: who has read further than this node now knows would else miss what comes.
 */
export async function markRestored(home: Home, { asOf, now }: { asOf: number; now: number }): Promise<MarkedCounts> {
  mkdirSync(home.agents, { mode: 0o700 })
  const database = openDatabase(home.database)
  try {
    return await database.write(() => {
      const spaces = database.all(sql.selectFrom('spaces').select('id'))
      for (const { id } of spaces) {
        const values = { as_of: asOf, restored_at: now, settled_at: null }
        database.run(
          sql
            .insertInto('restored_spaces')
            .values({ space: id, ...values })
            .onConflict((conflict) => conflict.column('space').doUpdateSet(values)),
        )
      }
      const agents = database.all(sql.selectFrom('agents').select('name'))
      for (const { name } of agents) {
        const token = newToken()
        const token_hash = hash('sha256', token, 'base64url')
        database.run(sql.updateTable('agents').set({ token_hash }).where('name', '=', name))
        writePrivate(agentTokenFile(home, name), `${token}\n`)
      }
      database.run(sql.deleteFrom('sessions'))
      database.run(sql.updateTable('sqlite_sequence').set((row) => ({ seq: row('seq', '+', AHEAD) })))
      return { spaces: spaces.length, agents: agents.length }
    })
  } finally {
    database.close()
    syncFolder(home.agents)
  }
}
