import Sqlite from 'better-sqlite3'

/**
 * SQLite's own check of a whole database file, without changing it or running migrations: `ok`, or what it found. Reads everything.
 * @throws SqliteError when it is no database, or cannot be opened.
 */
export function checkDatabase(path: string): string {
  const sqlite = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 2000 })
  try {
    const rows = sqlite.pragma('integrity_check(5)') as { integrity_check: string }[]
    return rows.map((row) => row.integrity_check).join('; ')
  } finally {
    sqlite.close()
  }
}

/** The version of a database's tables, as `SCHEMA_VERSION`. @throws SqliteError as `checkDatabase` does. */
export function schemaOf(path: string): number {
  const sqlite = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: 2000 })
  try {
    return Number(sqlite.pragma('user_version', { simple: true }))
  } finally {
    sqlite.close()
  }
}
