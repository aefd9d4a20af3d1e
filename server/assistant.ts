/**
 * The assistant: a question in, an answer with citations out. `openAssistant` is the only wiring of index, embedder,
 * prompts and chat model; the server, the commands and the evals all use it.
 */
import type { DocumentContent, PolicyDocument } from '../ingest/corpus.js'
import type { Answer, AnswerEvent, RetrievedParagraph } from './protocol.js'

/** An earlier turn of a conversation, oldest first. */
export interface Turn {
  readonly question: string
  /** The answer that was given; `null` when it failed or was cancelled. */
  readonly answer: Answer | null
}

/** One question to answer. */
export interface AskRequest {
  /** As typed by the visitor; cleaned and limited inside. */
  readonly question: string
  readonly history?: readonly Turn[]
  /** Identifies the answer; made when absent. */
  readonly answerId?: string
  readonly signal?: AbortSignal
}

/** How an answer came about, for `--explain`, for storage and for audits. */
export interface Trace {
  /** The question as searched: cleaned, and made self-contained for a follow-up. */
  readonly understoodQuestion: string
  readonly indexVersion: string
  readonly embedder: string
  /** `null`: no chat model took part. */
  readonly model: string | null
  readonly promptVersion: string | null
  /** Milliseconds per stage, by stage name: `understand`, `retrieve`, `decide`, `compose`, `verify`. */
  readonly timings: Readonly<Record<string, number>>
  /** Everything else worth knowing, as plain JSON: filters, evidence with features and ranks, verdicts. */
  readonly details: Readonly<Record<string, unknown>>
}

/** A finished answer with its evidence. */
export interface AnswerRecord {
  readonly answer: Answer
  /** The ten best paragraphs, best first, also when refused. */
  readonly retrieved: readonly RetrievedParagraph[]
  readonly trace: Trace
  /** Milliseconds from question to complete answer. */
  readonly durationMs: number
}

/** What the server, the commands and the evals need of the product. */
export interface Assistant {
  /**
   * Answers one question; `stream` collected.
   *
   * @throws {ServerFault} `question-empty`, `question-too-long`, `cancelled`, or a fault of the index or model.
   */
  ask(request: AskRequest): Promise<AnswerRecord>
  /**
   * The same, event by event. Ends with `answer-end`; throws as `ask` does. The generator's return value is the record.
   */
  stream(request: AskRequest): AsyncGenerator<AnswerEvent, AnswerRecord, undefined>
  /** The best paragraphs for a text, best first, without deciding whether they answer it. `limit` is 1..50. */
  search(text: string, limit: number): Promise<readonly RetrievedParagraph[]>
  /** All documents, in the order of the catalogue. */
  documents(): Promise<readonly PolicyDocument[]>
  /** A document's text and paragraphs; `null` when the id is unknown. */
  document(documentId: string): Promise<{ document: PolicyDocument; content: DocumentContent } | null>
  /** Version of the open index: changes whenever its content does. */
  readonly indexVersion: string
  /** Identifies the chat model; `null` when answers are composed by search. */
  readonly modelId: string | null
  /** Opens the index in the data folder anew and swaps it in; running questions finish on the old one. */
  reload(): Promise<void>
  close(): Promise<void>
}
