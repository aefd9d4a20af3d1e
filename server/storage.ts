/**
 * What is remembered of conversations: answers with their traces, feedback and an audit log. The only file that opens SQLite;
 * tables and statements are those of `storage-format.ts`.
 */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { startThread } from '../ingest/threads.js'
import type { Configuration } from './configuration.js'
import { ServerFault } from './faults.js'
import type { Feedback } from './protocol.js'
import {
  type AuditEvent,
  type AuditLine,
  migrate,
  prepare,
  type RatedAnswer,
  type StorageStatistics,
  type StoredAnswer,
  toStoredAnswer,
} from './storage-format.js'

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

/** How many of each were deleted. */
export interface PurgeReport {
  readonly answers: number
  readonly auditLines: number
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
