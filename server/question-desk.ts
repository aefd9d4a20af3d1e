/**
 * Where questions of all channels come in: limits how many are in work, gives each its time, keeps the answer before it
 * is sent, counts and logs.
 */
import type { Caller } from './access.js'
import type { AnswerRecord, Assistant, Turn } from './assistant.js'
import type { Configuration } from './configuration.js'
import { codeOf, ServerFault } from './faults.js'
import type { Logger } from './log.js'
import type { Metrics } from './metrics.js'
import type { AnswerEvent } from './protocol.js'
import type { RateLimits } from './rate-limits.js'
import type { Storage } from './storage.js'

/** A question as it reaches the desk. */
export interface DeskRequest {
  readonly question: string
  readonly history: readonly Turn[]
  readonly answerId: string
  readonly channel: 'http' | 'socket'
  readonly caller: Caller
  readonly requestId: string
  readonly conversationId: string | null
  /** Id that the client gave the question. */
  readonly questionId: string | null
  /** Sequence number that the `answer-end` will get; asked when the answer is complete. */
  readonly endSequence?: () => number
  readonly signal: AbortSignal
}

/** What a desk needs. */
export interface DeskParts {
  readonly configuration: Configuration
  /** The open assistant; `null` while it is being opened. */
  readonly assistant: () => Assistant | null
  readonly storage: Storage
  readonly limits: RateLimits
  readonly metrics: Metrics
  readonly log: Logger
}

/** Takes questions until it closes. */
export class QuestionDesk {
  readonly #parts: DeskParts
  #inWork = 0
  #taken = 0
  #closing = false
  #idle: (() => void) | null = null

  constructor(parts: DeskParts) {
    this.#parts = parts
  }

  /** Number of questions being answered. */
  get inWork(): number {
    return this.#inWork
  }

  /** Number of questions that were ever taken. */
  get taken(): number {
    return this.#taken
  }

  get isClosing(): boolean {
    return this.#closing
  }

  /**
   * The open assistant.
   *
   * @throws {ServerFault} `not-ready`, `shutting-down`
   */
  assistant(): Assistant {
    if (this.#closing) throw new ServerFault('shutting-down', 'The server is shutting down.')
    const assistant = this.#parts.assistant()
    if (!assistant) throw new ServerFault('not-ready', 'The index is not open yet.')
    return assistant
  }

  /**
   * Answers a question, event by event. When `answer-end` comes, the answer has been kept.
   *
   * @throws {ServerFault | IngestFault} as `Assistant.stream`, and `not-ready`, `shutting-down`, `rate-limited` when too
   *   many questions are in work, `timeout`
   */
  async *answer(request: DeskRequest): AsyncGenerator<AnswerEvent, AnswerRecord, undefined> {
    const { configuration, metrics } = this.#parts
    const assistant = this.assistant()
    if (this.#inWork >= configuration.limits.maximumConcurrentQuestions) {
      throw new ServerFault('rate-limited', 'MAXIMUM_CONCURRENT_QUESTIONS are in work.')
    }
    this.#inWork += 1
    this.#taken += 1
    const askedAt = Date.now()
    const abort = new AbortController()
    const cancel = () => abort.abort(new ServerFault('cancelled', 'The caller cancelled the question.'))
    const timer = setTimeout(
      () => abort.abort(new ServerFault('timeout', 'ANSWER_TIMEOUT_SECONDS have passed.')),
      configuration.limits.answerTimeoutSeconds * 1_000,
    )
    if (request.signal.aborted) cancel()
    request.signal.addEventListener('abort', cancel, { once: true })
    try {
      const { question, history, answerId } = request
      const events = assistant.stream({ question, history, answerId, signal: abort.signal })
      const record = yield* this.#untilEnd(events, abort.signal)
      this.#keep(request, record, askedAt)
      metrics.answered(request.channel, record)
      this.#logAnswer(request, record)
      yield { type: 'answer-end', answer: record.answer }
      return record
    } catch (error) {
      // An assistant that was aborted may throw whatever it likes; the reason of the abort is what happened.
      const fault: unknown = abort.signal.aborted ? abort.signal.reason : error
      metrics.failed(request.channel)
      this.#logFault(request, fault)
      throw fault
    } finally {
      clearTimeout(timer)
      request.signal.removeEventListener('abort', cancel)
      this.#inWork -= 1
      if (this.#inWork === 0) this.#idle?.()
    }
  }

  /** Takes no more questions and waits until the running ones are answered, at most so long. */
  async close(seconds: number): Promise<void> {
    this.#closing = true
    if (this.#inWork === 0) return
    let timer: NodeJS.Timeout | undefined
    await Promise.race([
      new Promise<void>(resolve => {
        this.#idle = resolve
      }),
      new Promise<void>(resolve => {
        timer = setTimeout(resolve, seconds * 1_000)
      }),
    ])
    clearTimeout(timer)
  }

  /** Passes events on, but holds `answer-end` back: it is sent once the answer has been kept. */
  async *#untilEnd(
    events: AsyncGenerator<AnswerEvent, AnswerRecord, undefined>,
    signal: AbortSignal,
  ): AsyncGenerator<AnswerEvent, AnswerRecord, undefined> {
    // One listener for the whole stream: a race per event against one promise would keep every event until the end.
    let giveUp: (reason: unknown) => void = () => {}
    const onAbort = () => giveUp(signal.reason)
    signal.addEventListener('abort', onAbort)
    const next = () =>
      new Promise<IteratorResult<AnswerEvent, AnswerRecord>>((resolve, reject) => {
        giveUp = reject
        events.next().then(resolve, reject)
      })
    let finished = false
    try {
      for (;;) {
        signal.throwIfAborted()
        // An assistant that does not listen to the signal is left behind rather than waited for.
        const { done, value } = await next()
        if (done) {
          finished = true
          return value
        }
        if (value.type !== 'answer-end') yield value
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      if (!finished) events.return(undefined as never).catch(() => {})
    }
  }

  #keep(request: DeskRequest, record: AnswerRecord, askedAt: number): void {
    try {
      this.#parts.storage.saveAnswer({
        answer: record.answer,
        conversationId: request.conversationId,
        questionId: request.questionId,
        sequence: request.endSequence?.() ?? null,
        askedAt,
        channel: request.channel,
        caller: request.caller.record,
        durationMs: record.durationMs,
        retrieved: record.retrieved.map(({ paragraphId }) => paragraphId),
        trace: record.trace,
      })
    } catch (error) {
      // A visitor is better served with an answer that has no permalink than with none.
      this.#parts.metrics.fault(codeOf(error))
      this.#parts.log.error({ err: error, requestId: request.requestId }, 'answer not kept')
    }
  }

  #logAnswer(
    { requestId, channel, caller, question }: DeskRequest,
    { answer, durationMs }: AnswerRecord,
  ): void {
    const { logging } = this.#parts.configuration
    this.#parts.log.info(
      {
        requestId,
        channel,
        caller: caller.record,
        answerId: answer.answerId,
        outcome: answer.outcome,
        reason: answer.reason,
        durationMs: Math.round(durationMs * 10) / 10,
        ...(logging.questions && { question }),
      },
      'question answered',
    )
  }

  #logFault({ requestId, channel, caller, question }: DeskRequest, fault: unknown): void {
    const code = codeOf(fault)
    const facts = {
      requestId,
      channel,
      caller: caller.record,
      code,
      ...(this.#parts.configuration.logging.questions && { question }),
    }
    const isExpected = fault instanceof ServerFault && fault.code !== 'internal'
    if (isExpected) this.#parts.log.info(facts, 'question failed')
    else this.#parts.log.error({ ...facts, err: fault }, 'question failed')
  }
}
