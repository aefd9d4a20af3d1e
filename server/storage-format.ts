/** What the database holds and in which form: the records, the tables with their migrations, and the statements over them. */
import type Database from 'better-sqlite3'
import type { Trace } from './assistant.js'
import { ServerFault } from './faults.js'
import type { Answer, Feedback } from './protocol.js'

/**
 * Steps from an empty file to the current format; the file counts them in `user_version`. A step is never changed once
 * it has been released: a later one is appended.
 */
const MIGRATIONS = [
  `
  CREATE TABLE answers (
    answer_id TEXT PRIMARY KEY,
    conversation_id TEXT,
    question_id TEXT,
    sequence INTEGER,
    asked_at INTEGER NOT NULL,
    channel TEXT NOT NULL,
    caller TEXT NOT NULL,
    question TEXT NOT NULL,
    outcome TEXT NOT NULL,
    duration_ms REAL NOT NULL,
    answer TEXT NOT NULL,
    retrieved TEXT NOT NULL,
    trace TEXT NOT NULL
  ) STRICT;
  CREATE INDEX answers_by_time ON answers (asked_at);
  CREATE UNIQUE INDEX answers_by_question ON answers (conversation_id, question_id)
    WHERE conversation_id IS NOT NULL AND question_id IS NOT NULL;
  CREATE TABLE feedback (
    answer_id TEXT PRIMARY KEY REFERENCES answers (answer_id) ON DELETE CASCADE,
    given_at INTEGER NOT NULL,
    rating TEXT NOT NULL,
    reason TEXT,
    comment TEXT
  ) STRICT;
  CREATE TABLE tombstones (answer_id TEXT PRIMARY KEY, purged_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE audit (
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    caller TEXT NOT NULL,
    details TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_time ON audit (at);
  `,
] as const

/** An answer as it is kept. */
export interface StoredAnswer {
  readonly answer: Answer
  /** `null`: asked outside a conversation. */
  readonly conversationId: string | null
  /** Id that the client gave the question; `null` over HTTP. */
  readonly questionId: string | null
  /** Sequence number of its `answer-end` within the conversation; `null` over HTTP. */
  readonly sequence: number | null
  /** Milliseconds since 1970. */
  readonly askedAt: number
  readonly channel: 'http' | 'socket'
  /** Who asked, as `access.ts` names callers for the record: a kind, with the name of a key but never of a visitor. */
  readonly caller: string
  readonly durationMs: number
  /** Paragraph ids of the evidence, best first. */
  readonly retrieved: readonly string[]
  readonly trace: Trace
}

/** An answer with what a reader thought of it. */
export interface RatedAnswer extends StoredAnswer {
  readonly feedback: Omit<Feedback, 'answerId'> | null
}

/** What happened, for the audit log; never holds the text of a question, an answer or a network address. */
export type AuditEvent =
  | 'server-started'
  | 'server-stopped'
  | 'index-changed'
  | 'access-refused'
  | 'feedback-given'
  | 'answers-exported'
  | 'answers-purged'

/** A line of the audit log. */
export interface AuditLine {
  readonly at: number
  readonly event: AuditEvent
  readonly caller: string
  readonly details: Readonly<Record<string, string | number>>
}

/** How much is kept. */
export interface StorageStatistics {
  readonly answers: number
  readonly refused: number
  readonly rated: number
  readonly ratedDown: number
  /** Milliseconds since 1970; `null`: nothing is kept. */
  readonly oldest: number | null
}

interface AnswerRow {
  readonly conversation_id: string | null
  readonly question_id: string | null
  readonly sequence: number | null
  readonly asked_at: number
  readonly channel: 'http' | 'socket'
  readonly caller: string
  readonly duration_ms: number
  readonly answer: string
  readonly retrieved: string
  readonly trace: string
}

interface RatedRow extends AnswerRow {
  readonly rating: Feedback['rating'] | null
  readonly reason: Feedback['reason']
  readonly comment: string | null
}

/** Brings a database to the current format, and sets what holds for each connection. */
export function migrate(database: Database.Database, file: string): void {
  // `auto_vacuum` can only be chosen before the first table exists.
  database.pragma('auto_vacuum = INCREMENTAL')
  database.pragma('journal_mode = WAL')
  // What is committed survives the end of the process; see SYNC_INTERVAL in storage.ts for the end of the machine. Waiting for
  // the disk at every commit, on the thread that answers, raised p99 from 50 to 400 ms on a busy machine.
  database.pragma('synchronous = NORMAL')
  // Deleted rows are overwritten with zeros.
  database.pragma('secure_delete = ON')
  // In KiB. better-sqlite3 takes 16 MB; as many answers a second are kept with this, for the system holds the same pages.
  database.pragma('cache_size = -2000')
  database.pragma('foreign_keys = ON')
  const version = database.pragma('user_version', { simple: true }) as number
  if (version > MIGRATIONS.length) {
    throw new ServerFault(
      'storage-failed',
      `The database ${file} has format ${version}; this version reads up to ${MIGRATIONS.length}. Upgrade Vindplaats, or restore the backup made before the upgrade.`,
    )
  }
  database
    .transaction(() => {
      for (const step of MIGRATIONS.slice(version)) database.exec(step)
      database.pragma(`user_version = ${MIGRATIONS.length}`)
    })
    .immediate()
}

const ANSWER_COLUMNS = `a.conversation_id, a.question_id, a.sequence, a.asked_at, a.channel, a.caller, a.duration_ms,
  a.answer, a.retrieved, a.trace`

/** The statements over the tables. */
export function prepare(database: Database.Database) {
  return {
    insertAnswer: database.prepare<Record<string, unknown>>(`
      INSERT OR IGNORE INTO answers VALUES (@answerId, @conversationId, @questionId, @sequence, @askedAt, @channel,
        @caller, @question, @outcome, @durationMs, @answer, @retrieved, @trace)`),
    selectAnswer: database.prepare<[string], AnswerRow>(
      `SELECT ${ANSWER_COLUMNS} FROM answers a WHERE answer_id = ?`,
    ),
    selectTombstone: database.prepare<[string], unknown>('SELECT 1 FROM tombstones WHERE answer_id = ?'),
    selectConversation: database.prepare<Record<string, unknown>, AnswerRow>(`
      SELECT ${ANSWER_COLUMNS} FROM answers a WHERE conversation_id = @conversationId AND asked_at >= @from
      ORDER BY asked_at DESC, sequence DESC LIMIT @limit`),
    selectAfter: database.prepare<Record<string, unknown>, AnswerRow>(`
      SELECT ${ANSWER_COLUMNS} FROM answers a
      WHERE conversation_id = @conversationId AND sequence > @sequence AND asked_at >= @from
      ORDER BY sequence LIMIT @limit`),
    upsertFeedback: database.prepare<Record<string, unknown>>(`
      INSERT INTO feedback VALUES (@answerId, @givenAt, @rating, @reason, @comment)
      ON CONFLICT (answer_id) DO UPDATE SET given_at = excluded.given_at, rating = excluded.rating,
        reason = excluded.reason, comment = excluded.comment`),
    insertAudit: database.prepare<Record<string, unknown>>(
      'INSERT INTO audit VALUES (@at, @event, @caller, @details)',
    ),
    selectAudit: database.prepare<[], { at: number; event: AuditEvent; caller: string; details: string }>(
      'SELECT at, event, caller, details FROM audit ORDER BY at, rowid',
    ),
    selectRatedIds: database.prepare<[number], { answer_id: string }>(`
      SELECT a.answer_id FROM answers a LEFT JOIN feedback f USING (answer_id) WHERE asked_at >= ?
      ORDER BY (a.outcome = 'refused' OR json_array_length(a.answer, '$.unanswered') > 0 OR f.rating IS 'down') DESC,
        asked_at DESC`),
    selectRated: database.prepare<[string], RatedRow>(`
      SELECT ${ANSWER_COLUMNS}, f.rating, f.reason, f.comment FROM answers a LEFT JOIN feedback f USING (answer_id)
      WHERE a.answer_id = ?`),
    selectStatistics: database.prepare<[number], StorageStatistics>(`
      SELECT count(*) AS answers, count(*) FILTER (WHERE outcome = 'refused') AS refused, count(f.rating) AS rated,
        count(*) FILTER (WHERE f.rating = 'down') AS ratedDown, min(asked_at) AS oldest
      FROM answers LEFT JOIN feedback f USING (answer_id) WHERE asked_at >= ?`),
    selectExpired: database.prepare<Record<string, unknown>, { answer_id: string }>(
      'SELECT answer_id FROM answers WHERE asked_at < @before ORDER BY asked_at LIMIT @limit',
    ),
    deleteAnswer: database.prepare<[string]>('DELETE FROM answers WHERE answer_id = ?'),
    insertTombstone: database.prepare<[string, number]>('INSERT OR IGNORE INTO tombstones VALUES (?, ?)'),
    deleteTombstones: database.prepare<[number]>('DELETE FROM tombstones WHERE purged_at < ?'),
    deleteAudit: database.prepare<Record<string, unknown>>(
      'DELETE FROM audit WHERE rowid IN (SELECT rowid FROM audit WHERE at < @before LIMIT @limit)',
    ),
  }
}

/** The answer that a row holds. */
export function toStoredAnswer(row: AnswerRow): StoredAnswer {
  return {
    answer: JSON.parse(row.answer),
    conversationId: row.conversation_id,
    questionId: row.question_id,
    sequence: row.sequence,
    askedAt: row.asked_at,
    channel: row.channel,
    caller: row.caller,
    durationMs: row.duration_ms,
    retrieved: JSON.parse(row.retrieved),
    trace: JSON.parse(row.trace),
  }
}
