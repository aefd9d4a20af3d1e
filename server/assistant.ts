/**
 * The assistant: a question in, an answer with citations out. `openAssistant` is the only wiring of index, embedder,
 * prompts and chat model; the server, the commands and the evals all use it.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { DocumentContent, PolicyDocument } from '../ingest/corpus.js'
import type { Embedder } from '../ingest/embedder.js'
import { openEmbedder } from '../ingest/embeddings.js'
import { openIndex, type ParagraphIndex } from '../ingest/paragraph-index.js'
import type { Candidate } from '../ingest/search.js'
import { type ChatModel, type ModelTokens, openChatModel } from './chat-model.js'
import { compose, documentNotes, nearestSources, renderAnswer } from './compose.js'
import type { Configuration } from './configuration.js'
import { ServerFault } from './faults.js'
import { answerWithModel, type ModelOutcome } from './model-answer.js'
import { decideParts, findMissing, interleave } from './part-evidence.js'
import {
  type Answer,
  type AnswerEvent,
  type AnswerSegment,
  MAXIMUM_QUESTION_LENGTH,
  type RefusalReason,
  type RetrievedParagraph,
} from './protocol.js'
import { type UnderstoodRequest, understandRequest } from './request.js'
import { type Evidence, earlierTurns, retrieve, retrieveParts } from './retrieval.js'
import { needsRewriting, type RewrittenQuestion, rewriteQuestion } from './rewrite.js'
import { answerTexts } from './texts.js'

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
  /**
   * Milliseconds per stage: `understand`, `retrieve`, `decide`, `write` (the chat model, its sentences checked as they come;
   * only with one), `compose`. `total` is all of them.
   */
  readonly timings: Readonly<Record<string, number>>
  /**
   * Everything else worth knowing, as plain JSON: filters, evidence with features and ranks, verdicts. The evals read
   * `answerProbability`, the calibrated probability, 0..1, that the documents answer the question, for the refusal curve;
   * the metrics read `modelTokens`, absent when no chat model was asked.
   */
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

/** What a stream of answer events ends with. */
export async function collect(
  events: AsyncGenerator<AnswerEvent, AnswerRecord, undefined>,
): Promise<AnswerRecord> {
  for (;;) {
    const { done, value } = await events.next()
    if (done) return value
  }
}

/** Number of paragraphs that an answer record lists. */
const RETRIEVED_COUNT = 10

/** Number of paragraphs that are ranked for each part of a question. */
const CANDIDATE_COUNT = 30

/** Settings of one assistant besides the configuration. */
export interface AssistantOptions {
  /** Whether the index with enrichment is used; `false` uses an index of its own without it. Defaults to `true`. */
  readonly enrichment?: boolean
}

/** Folder of the index within the data folder. */
export function indexFolder(
  configuration: Configuration,
  { enrichment = true }: AssistantOptions = {},
): string {
  return join(configuration.dataDirectory, enrichment ? 'index' : 'index-without-enrichment')
}

/**
 * Opens the assistant over the current index of the data folder.
 *
 * @throws {IngestFault} `index-missing`, `index-damaged`, `index-incompatible`, `embedder-unavailable`
 */
export async function openAssistant(
  configuration: Configuration,
  options: AssistantOptions = {},
): Promise<Assistant> {
  const embedder = await openEmbedder(configuration)
  const folder = indexFolder(configuration, options)
  const model = await openChatModel(configuration)
  return new SearchAssistant(configuration, embedder, model, () => openIndex(folder, embedder)).opened()
}

class SearchAssistant implements Assistant {
  readonly modelId: string | null
  readonly #configuration: Configuration
  readonly #embedder: Embedder
  readonly #model: ChatModel | null
  readonly #open: () => Promise<ParagraphIndex>
  #index!: ParagraphIndex

  constructor(
    configuration: Configuration,
    embedder: Embedder,
    model: ChatModel | null,
    open: () => Promise<ParagraphIndex>,
  ) {
    this.modelId = model?.id ?? null
    this.#configuration = configuration
    this.#embedder = embedder
    this.#model = model
    this.#open = open
  }

  async opened(): Promise<this> {
    this.#index = await this.#open()
    return this
  }

  get indexVersion(): string {
    return this.#index.version
  }

  ask(request: AskRequest): Promise<AnswerRecord> {
    return collect(this.stream(request))
  }

  async *stream(request: AskRequest): AsyncGenerator<AnswerEvent, AnswerRecord, undefined> {
    const watch = stopwatch()
    const index = this.#index
    const question = cleanQuestion(request.question)
    const answerId = request.answerId ?? randomUUID()
    yield { type: 'answer-start', answerId, question, composedBy: this.#model ? 'language-model' : 'search' }
    const turns = request.history ?? []
    const history = earlierTurns(turns)
    const tokens: ModelTokens = { input: 0, output: 0 }
    const { understood, rewritten } = await this.#understand(question, turns, request.signal, tokens)
    watch.lap('understand')
    const parts = await retrieveParts(index, this.#embedder, understood.question, history, CANDIDATE_COUNT)
    request.signal?.throwIfAborted()
    watch.lap('retrieve')
    const decisions = decideParts(parts)
    watch.lap('decide')
    const carried = understood.refusal === null ? parts.filter((_, at) => decisions[at]?.answers) : []
    const written =
      this.#model && carried.length > 0
        ? yield* answerWithModel({
            model: this.#model,
            index,
            basePath: this.#configuration.server.basePath,
            question: understood.question,
            parts: carried,
            unsupported: this.#configuration.unsupported,
            signal: request.signal,
            tokens,
          })
        : null
    if (written) watch.lap('write')
    const answer =
      carried.length > 0 && written?.kind !== 'no-answer'
        ? await this.#answer(index, parts, carried, answerId, question, written)
        : await this.#refuse(index, parts, answerId, question, understood.refusal ?? 'no-evidence')
    watch.lap('compose')
    // What the model has streamed already is replaced by the end of the answer, not followed by another one.
    if (!written?.report.sentences.some(({ shown }) => shown)) {
      for (const citation of answer.citations) yield { type: 'citation-available', citation }
      for (const segment of answer.segments) yield { type: 'answer-delta', segment }
    }
    yield { type: 'answer-end', answer }
    const durationMs = watch.total()
    return {
      answer,
      retrieved: listRetrieved(interleave(parts, RETRIEVED_COUNT)),
      trace: {
        understoodQuestion:
          rewritten?.question ??
          (parts[0] as Evidence).understood.words
            .filter(({ weight }) => weight > 0)
            .map(({ word }) => word)
            .join(' '),
        indexVersion: index.version,
        embedder: index.embedderId,
        model: this.modelId,
        promptVersion: [rewritten?.prompt, written?.report.prompt].filter(Boolean).join(', ') || null,
        timings: { ...watch.laps, total: durationMs },
        details: {
          answerProbability: understood.refusal
            ? 0
            : Math.max(...decisions.map(({ probability }) => probability)),
          parts: parts.map((part, at) => ({
            question: part.question,
            named: part.understood.named,
            probability: decisions[at]?.probability ?? 0,
            best: part.candidates.slice(0, 3).map(({ paragraph, score, statement, features }) => ({
              paragraphId: paragraph.id,
              score,
              matched: statement?.question ?? null,
              features,
            })),
            refusal: decisions[at]?.features ?? {},
          })),
          ...(tokens.input + tokens.output > 0 && { modelTokens: tokens }),
          ...(written && { written: { outcome: written.kind, ...written.report } }),
        },
      },
      durationMs,
    }
  }

  /** What is asked, as one question in Dutch where a chat model can make it so. */
  async #understand(
    question: string,
    history: readonly Turn[],
    signal: AbortSignal | undefined,
    tokens: ModelTokens,
  ): Promise<{ understood: UnderstoodRequest; rewritten: RewrittenQuestion | null }> {
    const understood = understandRequest(question, history.length > 0)
    const isRewritable = understood.refusal === null || understood.refusal === 'language'
    if (!this.#model || !isRewritable || !needsRewriting({ question: understood.question, history }))
      return { understood, rewritten: null }
    const request = { question: understood.question, history }
    const rewritten = await rewriteQuestion(this.#model, request, signal, tokens)
    // What the question wants is looked at again in its new words: an order in another language is one in Dutch too.
    return rewritten
      ? { understood: understandRequest(rewritten.question, history.length > 0), rewritten }
      : { understood, rewritten }
  }

  async #answer(
    index: ParagraphIndex,
    parts: readonly Evidence[],
    carried: readonly Evidence[],
    answerId: string,
    question: string,
    written: ModelOutcome | null,
  ): Promise<Answer> {
    const today = new Date()
    const context = { index, basePath: this.#configuration.server.basePath, today }
    const isWritten = written?.kind === 'answered'
    const { segments, citations } = isWritten ? written : await compose(carried, context)
    const common = {
      answerId,
      question,
      composedBy: isWritten ? ('language-model' as const) : ('search' as const),
    }
    const missing = findMissing(parts, carried, await index.documents())
    const nameOf = ({ citeAs, title }: PolicyDocument) => citeAs ?? title
    const unanswered = [
      ...missing.questions,
      ...missing.documents.map(each => `${each.question} (${nameOf(each.document)})`),
    ]
    const note = (text: string): AnswerSegment => ({ kind: 'note', text, markers: [], support: null })
    const all: AnswerSegment[] = [...segments]
    if (written?.kind === 'failed') all.unshift(note(answerTexts.modelFailed))
    if (isWritten) {
      if (written.removed > 0) all.push(note(answerTexts.removed(written.removed)))
      all.push(...documentNotes(written.documents, today).map(note))
    }
    if (missing.questions.length > 0) all.push(note(answerTexts.unanswered(missing.questions)))
    if (missing.documents.length > 0)
      all.push(note(answerTexts.notIn(missing.documents.map(({ document }) => nameOf(document)))))
    return {
      ...common,
      outcome: 'answered',
      reason: null,
      answer: renderAnswer(all),
      segments: all,
      citations: [...citations],
      unanswered,
      nearest: [],
    }
  }

  async #refuse(
    index: ParagraphIndex,
    parts: readonly Evidence[],
    answerId: string,
    question: string,
    reason: RefusalReason,
  ): Promise<Answer> {
    const { server, visitorPage } = this.#configuration
    const searched = reason === 'no-evidence' || reason === 'language' || reason === 'opinion'
    const context = { index, basePath: server.basePath }
    const leastHeld = reason === 'language' ? 0 : undefined
    const nearest = searched ? await nearestSources(parts, context, leastHeld) : []
    const texts: string[] = [answerTexts.refusals[reason]]
    if (nearest.length > 0) texts.push(answerTexts.nearest)
    if (reason === 'no-evidence') texts.push(answerTexts.howToAsk[parts.length > 1 ? 'several' : 'one'])
    if (visitorPage.contactUrl && searched) texts.push(answerTexts.contact(visitorPage.contactUrl))
    return {
      answerId,
      question,
      composedBy: 'search',
      outcome: 'refused',
      reason,
      answer: texts.join(' '),
      segments: texts.map(text => ({ kind: 'note', text, markers: [], support: null })),
      citations: [],
      unanswered: [],
      nearest,
    }
  }

  async search(text: string, limit: number): Promise<readonly RetrievedParagraph[]> {
    const { candidates } = await retrieve(this.#index, this.#embedder, cleanQuestion(text), [], limit)
    return listRetrieved(candidates)
  }

  documents(): Promise<readonly PolicyDocument[]> {
    return this.#index.documents()
  }

  async document(documentId: string): Promise<{ document: PolicyDocument; content: DocumentContent } | null> {
    const index = this.#index
    const document = (await index.documents()).find(({ id }) => id === documentId)
    const content = await index.content(documentId)
    return document && content ? { document, content } : null
  }

  async reload(): Promise<void> {
    const old = this.#index
    this.#index = await this.#open()
    await old.close()
  }

  async close(): Promise<void> {
    await this.#index.close()
  }
}

/**
 * The question without control characters, invisible Unicode tags and surplus white space.
 *
 * @throws {ServerFault} `question-empty`, `question-too-long`
 */
export function cleanQuestion(text: string): string {
  const cleaned = text
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cn}\u{E0000}-\u{E007F}]/gu, '')
    .trim()
  if (cleaned === '') throw new ServerFault('question-empty', 'The question is empty. Ask something.')
  if (cleaned.length > MAXIMUM_QUESTION_LENGTH)
    throw new ServerFault(
      'question-too-long',
      `The question has ${cleaned.length} characters; at most ${MAXIMUM_QUESTION_LENGTH} are taken. Shorten it.`,
    )
  return cleaned
}

/** Measures stages that follow each other, in milliseconds. */
function stopwatch() {
  const started = performance.now()
  const laps: Record<string, number> = {}
  let since = started
  return {
    laps: laps as Readonly<Record<string, number>>,
    /** Ends a stage; the next one begins. */
    lap(stage: string): void {
      const now = performance.now()
      laps[stage] = now - since
      since = now
    },
    total: () => performance.now() - started,
  }
}

function listRetrieved(candidates: readonly Candidate[]): RetrievedParagraph[] {
  return candidates.map(({ paragraph, document }, index) => ({
    rank: index + 1,
    paragraphId: paragraph.id,
    document: document.file,
    text: paragraph.text,
    spans: paragraph.spans.map(([start, end]): [number, number] => [start, end]),
  }))
}
