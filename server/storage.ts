/** What is remembered of conversations: answers with their traces, feedback and an audit log. The only file that knows SQLite. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { startThread } from '../ingest/threads.js'
import type { Trace } from './assistant.js'
import type { Configuration } from './configuration.js'
import { ServerFault } from './faults.js'
import type { Answer, Feedback } from './protocol.js'

/** Milliseconds in a day. */
const DAY = 86_400_000

/** Days for which the bare id of a purged answer is known, so that its permalink says "expired" and not "unknown". */
const TOMBSTONE_DAYS = 365

/**
 * Milliseconds between two times that everything written is brought to disk. A killed process loses nothing at any time;
 * a machine that loses power loses at most what was written since.
 */
const SYNC_INTERVAL = 1_000

/** Pages of the write-ahead log (of 4,096 bytes) beyond which it is started anew, even if a write has to wait. */
const MAXIMUM_LOG_PAGES = 16_384

/** Rows deleted in one transaction, so that a large purge does not hold up answers. */
const PURGE_BATCH = 500

/** Longest trace that is stored, in UTF-16 units; a longer one loses its details. */
const MAXIMUM_TRACE_LENGTH = 262_144

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

/** How many of each were deleted. */
export interface PurgeReport {
  readonly answers: number
  readonly auditLines: number
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

/** Where and for how long. */
export interface StorageOptions {
  /** Path of the database file; its folder is made when absent. */
  readonly file: string
  /** Days that everything is kept; 0 stores nothing. */
  readonly retentionDays: number
  /** Clock in milliseconds; defaults to the system's. */
  readonly now?: () => number
}

/** Path of the database within the data folder. */
export const databaseFile = (configuration: Configuration): string =>
  join(configuration.dataDirectory, 'vindplaats.sqlite')

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

const storageFault = (file: string, cause: unknown): ServerFault => {
  const code = cause instanceof Database.SqliteError ? cause.code : 'unknown'
  const advice =
    code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')
      ? 'It is damaged: restore a backup, or move it away to start with an empty one.'
      : code === 'SQLITE_FULL'
        ? 'The disk is full: make room.'
        : code.startsWith('SQLITE_READONLY') || code === 'SQLITE_CANTOPEN'
          ? 'Check that its folder exists and may be written to by this user.'
          : code.startsWith('SQLITE_BUSY')
            ? 'Another process holds it: stop that process.'
            : 'See the cause in the log.'
  return new ServerFault('storage-failed', `The database ${file} cannot be used (${code}). ${advice}`, {
    cause,
  })
}

/** The open database. Every method throws {ServerFault} `storage-failed` when the file cannot be used. */
export class Storage {
  readonly #file: string
  readonly #database: Database.Database
  readonly #retentionDays: number
  readonly #now: () => number
  readonly #statements: ReturnType<typeof prepare>
  #syncing: Worker | null = null

  /** Opens the file, makes it when absent, and brings its format up to date. */
  constructor({ file, retentionDays, now = Date.now }: StorageOptions) {
    this.#file = file
    this.#retentionDays = retentionDays
    this.#now = now
    const opened: Database.Database[] = []
    try {
      mkdirSync(dirname(file), { recursive: true })
      this.#database = new Database(file, { timeout: 2_000 })
      opened.push(this.#database)
      migrate(this.#database, file)
      this.#statements = prepare(this.#database)
    } catch (cause) {
      for (const database of opened) database.close()
      throw cause instanceof ServerFault ? cause : storageFault(file, cause)
    }
  }

  /** Whether answers are kept at all. */
  get keepsAnswers(): boolean {
    return this.#retentionDays > 0
  }

  /** Leaves bringing to disk to a thread of its own, once a second; without it, every some hundred commits wait for it. */
  startSyncing(onFault: (fault: unknown) => void): void {
    if (this.#syncing) return
    this.#database.pragma('wal_autocheckpoint = 0')
    this.#syncing = startThread(new URL('./storage-thread.ts', import.meta.url), this.#file)
    this.#syncing.once('error', fault => {
      this.#syncing = null
      this.#database.pragma('wal_autocheckpoint = 1000')
      onFault(storageFault(this.#file, fault))
    })
    this.#syncing.unref()
  }

  /** Ends that thread. */
  async stopSyncing(): Promise<void> {
    const thread = this.#syncing
    this.#syncing = null
    if (!thread) return
    thread.removeAllListeners('error')
    thread.on('error', () => {})
    // It may not have begun yet, and then would not hear a message that asks it to stop.
    await thread.terminate()
  }

  /** Keeps an answer. It survives the end of the process when this returns; without retention it does nothing. The first answer to a question stays. */
  saveAnswer(stored: StoredAnswer): void {
    if (!this.keepsAnswers) return
    const { answer, trace } = stored
    const wholeTrace = JSON.stringify(trace)
    this.#guard(() =>
      this.#statements.insertAnswer.run({
        answerId: answer.answerId,
        conversationId: stored.conversationId,
        questionId: stored.questionId,
        sequence: stored.sequence,
        askedAt: stored.askedAt,
        channel: stored.channel,
        caller: stored.caller,
        question: answer.question,
        outcome: answer.outcome,
        durationMs: stored.durationMs,
        answer: JSON.stringify(answer),
        retrieved: JSON.stringify(stored.retrieved),
        trace:
          wholeTrace.length > MAXIMUM_TRACE_LENGTH
            ? JSON.stringify({ ...trace, details: { omitted: true } })
            : wholeTrace,
      }),
    )
  }

  /** An answer as it was given; `'expired'` after its retention, `null` when the id is unknown. */
  answer(answerId: string): StoredAnswer | 'expired' | null {
    return this.#guard(() => {
      const row = this.#statements.selectAnswer.get(answerId)
      if (row) return row.asked_at < this.#keptFrom() ? 'expired' : toStoredAnswer(row)
      return this.#statements.selectTombstone.get(answerId) ? 'expired' : null
    })
  }

  /** The answers of a conversation, oldest first, at most the newest `limit`. */
  conversation(conversationId: string, limit: number): readonly StoredAnswer[] {
    return this.#guard(() =>
      this.#statements.selectConversation
        .all({ conversationId, from: this.#keptFrom(), limit })
        .map(toStoredAnswer)
        .reverse(),
    )
  }

  /** The answers of a conversation whose number is higher, lowest first, at most `limit`. */
  answersAfter(conversationId: string, sequence: number, limit: number): readonly StoredAnswer[] {
    return this.#guard(() =>
      this.#statements.selectAfter
        .all({ conversationId, sequence, from: this.#keptFrom(), limit })
        .map(toStoredAnswer),
    )
  }

  /**
   * Keeps the rating of an answer in place of an earlier one. It survives the end of the process when this returns.
   *
   * @throws {ServerFault} `answer-expired`, `not-found`, and `storage-off` without retention
   */
  saveFeedback(feedback: Feedback): void {
    if (!this.keepsAnswers) {
      throw new ServerFault('storage-off', 'RETENTION_DAYS is 0, so feedback cannot be kept.')
    }
    const answer = this.answer(feedback.answerId)
    if (answer === 'expired') throw new ServerFault('answer-expired', 'The answer is past its retention.')
    if (answer === null) throw new ServerFault('not-found', 'There is no answer with this id.')
    this.#guard(() => this.#statements.upsertFeedback.run({ ...feedback, givenAt: this.#now() }))
  }

  /** Adds a line to the audit log; without retention it does nothing. */
  audit(event: AuditEvent, caller: string, details: AuditLine['details'] = {}): void {
    if (!this.keepsAnswers) return
    this.#guard(() =>
      this.#statements.insertAudit.run({ at: this.#now(), event, caller, details: JSON.stringify(details) }),
    )
  }

  /** The audit log, oldest first. */
  auditLines(): readonly AuditLine[] {
    return this.#guard(() =>
      this.#statements.selectAudit
        .all()
        .map(({ at, event, caller, details }) => ({ at, event, caller, details: JSON.parse(details) })),
    )
  }

  /** Every kept answer with its feedback: refused, incomplete and badly rated ones first, then newest first. */
  *ratedAnswers(): Generator<RatedAnswer> {
    // Only the ids are read at once: the answers themselves can be more than fits in memory.
    const ids = this.#guard(() => this.#statements.selectRatedIds.all(this.#keptFrom()))
    for (const { answer_id: id } of ids) {
      const row = this.#guard(() => this.#statements.selectRated.get(id))
      if (!row) continue
      const { rating, reason, comment } = row
      yield { ...toStoredAnswer(row), feedback: rating === null ? null : { rating, reason, comment } }
    }
  }

  /**
   * Deletes what is past its retention, or everything without retention: overwritten in the file, gone from the
   * write-ahead log, disk space given back.
   */
  async purge(): Promise<PurgeReport> {
    const before = this.#keptFrom()
    const answers = await this.#inBatches(() => this.#purgeBatch(before))
    const auditLines = await this.#inBatches(
      () => this.#statements.deleteAudit.run({ before, limit: PURGE_BATCH }).changes,
    )
    const tombstonesFrom = this.keepsAnswers ? this.#now() - TOMBSTONE_DAYS * DAY : Number.POSITIVE_INFINITY
    this.#guard(() =>
      this.#statements.deleteTombstones.run(Math.min(tombstonesFrom, Number.MAX_SAFE_INTEGER)),
    )
    if (answers + auditLines > 0) {
      this.audit('answers-purged', 'server', { answers, auditLines })
      this.#compact()
    }
    return { answers, auditLines }
  }

  /** Deletes one answer at once, as for a visitor who asks for it; `false` when the id is unknown. */
  forgetAnswer(answerId: string): boolean {
    const found = this.#guard(
      () => this.#database.transaction(() => this.#deleteAnswers([answerId], this.#now()))() > 0,
    )
    if (found) this.#compact()
    return found
  }

  /** Copies the database to a file while it stays in use. */
  async backup(target: string): Promise<void> {
    try {
      await this.#database.backup(target)
    } catch (cause) {
      throw storageFault(target, cause)
    }
  }

  /** Counts what is kept. */
  statistics(): StorageStatistics {
    return this.#guard(() => this.#statements.selectStatistics.get(this.#keptFrom()) as StorageStatistics)
  }

  /** Proves that the database can be written to. */
  check(): void {
    this.#guard(() => this.#database.prepare('SELECT 1').get())
  }

  close(): void {
    void this.stopSyncing()
    this.#database.close()
  }

  #keptFrom(): number {
    return this.keepsAnswers ? this.#now() - this.#retentionDays * DAY : Number.MAX_SAFE_INTEGER
  }

  #purgeBatch(before: number): number {
    return this.#database.transaction(() => {
      const ids = this.#statements.selectExpired.all({ before, limit: PURGE_BATCH }).map(row => row.answer_id)
      return this.#deleteAnswers(ids, this.#now())
    })()
  }

  #deleteAnswers(ids: readonly string[], purgedAt: number): number {
    let deleted = 0
    for (const id of ids) {
      const { changes } = this.#statements.deleteAnswer.run(id)
      deleted += changes
      if (changes > 0) this.#statements.insertTombstone.run(id, purgedAt)
    }
    return deleted
  }

  async #inBatches(batch: () => number): Promise<number> {
    let total = 0
    for (;;) {
      const deleted = this.#guard(batch)
      total += deleted
      if (deleted < PURGE_BATCH) return total
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  #compact(): void {
    this.#guard(() => {
      this.#database.pragma('incremental_vacuum')
      this.#database.pragma('wal_checkpoint(TRUNCATE)')
    })
  }

  #guard<Result>(action: () => Result): Result {
    try {
      return action()
    } catch (cause) {
      throw storageFault(this.#file, cause)
    }
  }
}

/** Brings a database to disk once a second. Runs in a thread of its own, until that is ended. */
export function syncForever(file: string): void {
  const database = new Database(file, { timeout: 1_000, fileMustExist: true })
  setInterval(() => {
    // A passive checkpoint waits for nobody; it cannot start the log anew while writes go on.
    const [state] = database.pragma('wal_checkpoint(PASSIVE)') as readonly { readonly log: number }[]
    if ((state?.log ?? 0) > MAXIMUM_LOG_PAGES) database.pragma('wal_checkpoint(RESTART)')
  }, SYNC_INTERVAL)
}

function migrate(database: Database.Database, file: string): void {
  // `auto_vacuum` can only be chosen before the first table exists.
  database.pragma('auto_vacuum = INCREMENTAL')
  database.pragma('journal_mode = WAL')
  // What is committed survives the end of the process; see SYNC_INTERVAL for the end of the machine. Waiting for the disk
  // at every commit, on the thread that answers, raised p99 from 50 to 400 ms on a busy machine.
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

function prepare(database: Database.Database) {
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

function toStoredAnswer(row: AnswerRow): StoredAnswer {
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
