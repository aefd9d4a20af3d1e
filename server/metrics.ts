/** Counts and times of the running server, for Prometheus. The only file that knows prom-client. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { AnswerRecord } from './assistant.js'

/** Upper bounds of the time buckets, in seconds: search answers within milliseconds, a language model within a minute. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]

/** What is read at the moment of asking. */
export interface MetricsSources {
  readonly sockets: () => number
  readonly conversations: () => number
  readonly questionsInWork: () => number
  readonly ready: () => boolean
  /** Told of every fault that a caller met. */
  readonly onFault?: (code: string) => void
}

/** The metrics of one server. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #questions = new Counter({
    name: 'vindplaats_questions_total',
    help: 'Questions by channel and outcome: answered, refused, failed.',
    labelNames: ['channel', 'outcome'],
    registers: [this.#registry],
  })
  readonly #refusals = new Counter({
    name: 'vindplaats_refusals_total',
    help: 'Refused questions by reason.',
    labelNames: ['reason'],
    registers: [this.#registry],
  })
  readonly #faults = new Counter({
    name: 'vindplaats_faults_total',
    help: 'Faults that callers met, by code.',
    labelNames: ['code'],
    registers: [this.#registry],
  })
  readonly #stages = new Histogram({
    name: 'vindplaats_stage_seconds',
    help: 'Time per stage of answering; `total` is the whole answer.',
    labelNames: ['stage'],
    buckets: SECONDS,
    registers: [this.#registry],
  })
  readonly #tokens = new Counter({
    name: 'vindplaats_model_tokens_total',
    help: 'Tokens of the language model by direction: input, where the model tells, and output, else counted as it streams.',
    labelNames: ['direction'],
    registers: [this.#registry],
  })
  readonly #feedback = new Counter({
    name: 'vindplaats_feedback_total',
    help: 'Ratings that were kept.',
    labelNames: ['rating'],
    registers: [this.#registry],
  })
  readonly #requests = new Histogram({
    name: 'vindplaats_http_request_seconds',
    help: 'HTTP requests by route and status.',
    labelNames: ['route', 'status'],
    buckets: SECONDS,
    registers: [this.#registry],
  })

  readonly #onFault: (code: string) => void

  constructor(sources: MetricsSources) {
    this.#onFault = sources.onFault ?? (() => {})
    collectDefaultMetrics({ register: this.#registry, prefix: 'vindplaats_' })
    this.#gauge('vindplaats_sockets', 'Open sockets.', sources.sockets)
    this.#gauge('vindplaats_conversations', 'Conversations held in memory.', sources.conversations)
    this.#gauge('vindplaats_questions_in_work', 'Questions being answered.', sources.questionsInWork)
    this.#gauge('vindplaats_ready', '1 once questions are answered.', () => Number(sources.ready()))
  }

  /** A question was answered or refused. */
  answered(channel: string, { answer, trace, durationMs }: AnswerRecord): void {
    this.#questions.inc({ channel, outcome: answer.outcome })
    if (answer.outcome === 'refused') this.#refusals.inc({ reason: answer.reason })
    this.#stages.observe({ stage: 'total' }, durationMs / 1_000)
    for (const [stage, milliseconds] of Object.entries(trace.timings)) {
      if (stage !== 'total') this.#stages.observe({ stage }, milliseconds / 1_000)
    }
    const { modelTokens } = trace.details
    if (typeof modelTokens === 'object' && modelTokens !== null) {
      for (const [direction, count] of Object.entries(modelTokens)) {
        if (typeof count === 'number' && count > 0) this.#tokens.inc({ direction }, count)
      }
    }
  }

  /** A question found no end but a fault. */
  failed(channel: string): void {
    this.#questions.inc({ channel, outcome: 'failed' })
  }

  fault(code: string): void {
    this.#faults.inc({ code })
    this.#onFault(code)
  }

  rated(rating: string): void {
    this.#feedback.inc({ rating })
  }

  /** @param route the route's pattern, so that addresses made up by callers do not become labels */
  requested(route: string, status: number, milliseconds: number): void {
    this.#requests.observe({ route, status }, milliseconds / 1_000)
  }

  /** Media type of `text()`. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** Everything in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read())
      },
    })
  }
}
