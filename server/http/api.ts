/** The routes under `/v1`. */
import { randomUUID } from 'node:crypto'
import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import { z } from 'zod'
import type { Access } from '../access.js'
import { type AnswerRecord, type Assistant, collect, type Turn } from '../assistant.js'
import { sourceHref } from '../citation.js'
import type { Configuration } from '../configuration.js'
import { documentSummary, paragraphView, sourceParagraph } from '../document-views.js'
import { ServerFault, toWireFault } from '../faults.js'
import { takeFeedback } from '../feedback.js'
import type { Metrics } from '../metrics.js'
import { API_VERSION, openApiDocument } from '../openapi.js'
import {
  type AnswerEvent,
  type AnswerRequest,
  type AnswerResponse,
  answerRequestSchema,
  type DocumentDetail,
  type DocumentList,
  feedbackSchema,
  type SearchResponse,
  type StoredAnswerView,
  type VisitorToken,
  type WidgetSettings,
} from '../protocol.js'
import type { QuestionDesk } from '../question-desk.js'
import type { RateLimits } from '../rate-limits.js'
import type { Storage } from '../storage.js'
import { apiTexts } from '../texts.js'
import { onceDrained } from './drain.js'
import { readJson } from './json-body.js'
import { InvalidRequest, validate } from './problem.js'
import { apiHeaders, callerOf, crossOrigin, limitRequests, requireCaller, tellLimits } from './security.js'

/** Milliseconds between signs of life on an event stream. */
const STREAM_HEARTBEAT = 15_000

/** Turns of a kept conversation from which a follow-up is understood. */
const HISTORY_LENGTH = 4

/** What the API needs. */
export interface ApiParts {
  readonly configuration: Configuration
  readonly access: Access
  readonly limits: RateLimits
  readonly desk: QuestionDesk
  readonly storage: Storage
  readonly metrics: Metrics
  readonly addressOf: (request: Request) => string
  /** Questions that the widget offers first. */
  readonly suggestedQuestions: () => readonly string[]
}

const identifierSchema = z
  .string()
  .max(200)
  .regex(/^[\w.:-]+$/)
const includeQuery = z.object({ include: z.literal('retrieved').optional() })
const searchQuery = z.object({
  query: z.string().max(20_000),
  limit: z.coerce.number().int().min(1).max(50).default(10),
})
const neighboursQuery = z.object({ neighbours: z.coerce.number().int().min(0).max(20).default(3) })

/** The router of version 1. */
export function apiRouter(parts: ApiParts): Router {
  const { access, configuration } = parts
  const router = express.Router({ caseSensitive: true, strict: true })
  router.use(apiHeaders, (_request, response, next) => {
    response.set('API-Version', API_VERSION)
    response.set('Cache-Control', 'no-store')
    next()
  })
  // Readable by anyone from anywhere, as the design rules ask; it names no secret.
  route(router, '/openapi.json', {
    get: [
      (_request, response) => {
        response.set('Access-Control-Allow-Origin', '*')
        response.json(openApiDocument(configuration))
      },
    ],
  })
  router.use(crossOrigin(access), limitRequests(parts.limits, parts.addressOf))
  route(router, '/widget-settings', { get: [(_request, response) => sendWidgetSettings(parts, response)] })
  route(router, '/visitor-tokens', {
    post: [
      (request, response) => {
        const { origin, host } = request.headers
        response.status(201).json(access.issueVisitorToken(origin, host) satisfies VisitorToken)
      },
    ],
  })
  const proven = requireCaller(access, parts.addressOf)
  const json = readJson(configuration.limits.maximumBodyBytes)
  const withParts =
    (handle: PartsHandler): RequestHandler =>
    (request, response) =>
      handle(parts, request, response)
  const reading = (handle: PartsHandler) => ({ get: [proven, withParts(handle)] })
  const taking = (handle: PartsHandler) => ({ post: [proven, json, withParts(handle)] })
  route(router, '/answers', taking(postAnswer))
  route(router, '/answers/:id', reading(getAnswer))
  route(router, '/search', reading(getSearch))
  route(router, '/documents', reading(getDocuments))
  route(router, '/documents/:id', reading(getDocument))
  route(router, '/documents/:id/paragraphs/:anchor', reading(getParagraph))
  route(router, '/feedback', taking(postFeedback))
  router.use(() => {
    throw new ServerFault('not-found', 'There is no such route.')
  })
  return router
}

type PartsHandler = (parts: ApiParts, request: Request, response: Response) => void | Promise<void>

/** Serves a path with its methods, and answers 405 to all others. */
function route(
  router: Router,
  path: string,
  { get, post }: { readonly get?: readonly RequestHandler[]; readonly post?: readonly RequestHandler[] },
): void {
  const place = router.route(path)
  place.all((_request, response, next) => {
    response.locals.route = `/v1${path}`
    next()
  })
  if (get) place.get(...get)
  if (post) place.post(...post)
  const allowed = [get && 'GET, HEAD', post && 'POST'].filter(Boolean).join(', ')
  place.all((request, response) => {
    response.set('Allow', allowed)
    if (request.method !== 'OPTIONS') throw new ServerFault('method-not-allowed', `Allowed: ${allowed}.`)
    response.status(204).end()
  })
}

function sendWidgetSettings(
  { configuration, access, storage, suggestedQuestions }: ApiParts,
  response: Response,
): void {
  const { visitorPage, chat } = configuration
  response.json({
    suggestedQuestions: [...suggestedQuestions()],
    composedBy: chat === null ? 'search' : 'language-model',
    moreInformationUrl: visitorPage.moreInformationUrl,
    contactUrl: visitorPage.contactUrl,
    visitorTokenRequired: access.visitorTokenRequired,
    answersKept: storage.keepsAnswers,
  } satisfies WidgetSettings)
}

/** The object that `ask --json` prints, with the facts of the API around it. */
function toResponse(record: AnswerRecord, conversationId: string, includeRetrieved: boolean): AnswerResponse {
  const { answer, retrieved, durationMs } = record
  return {
    id: answer.answerId,
    ...answer,
    conversationId,
    durationMs,
    ...(includeRetrieved && { retrieved: [...retrieved] }),
  }
}

function readAnswerRequest(request: Request): AnswerRequest & { readonly questions: readonly string[] } {
  const body = validate(answerRequestSchema, request.body, 'body')
  const { question, turns, conversationId } = body
  const complain = (pointer: string, detail: string) =>
    new InvalidRequest([{ in: 'body', location: { pointer }, code: 'invalid-combination', detail }])
  if ((question === undefined) === (turns === undefined)) throw complain('#', apiTexts.oneOfQuestionAndTurns)
  if (turns && conversationId !== null) throw complain('#/conversationId', apiTexts.conversationWithTurns)
  return { ...body, questions: turns ?? [question as string] }
}

function keptHistory(storage: Storage, conversationId: string, caller: string): Turn[] {
  const answers = storage.conversation(conversationId, HISTORY_LENGTH)
  if (answers.length === 0 || answers.some(answer => answer.caller !== caller)) {
    throw new ServerFault('conversation-unknown', 'No answers are kept of this conversation.')
  }
  return answers.map(({ answer }) => ({ question: answer.question, answer }))
}

async function postAnswer(parts: ApiParts, request: Request, response: Response): Promise<void> {
  const { desk, limits, storage } = parts
  const { include } = validate(includeQuery, request.query, 'query')
  const accepted = request.accepts(['application/json', 'text/event-stream'])
  if (accepted === false) throw new ServerFault('not-acceptable', 'Only JSON and event streams are given.')
  const { questions, conversationId: continued } = readAnswerRequest(request)
  const caller = callerOf(response)
  desk.assistant()
  const history = continued === null ? [] : keptHistory(storage, continued, caller.record)
  const conversationId = continued ?? randomUUID()
  const abort = new AbortController()
  response.on('close', () => abort.abort())
  const answer = (question: string) => {
    tellLimits(response, limits.takeQuestion(caller))
    return desk.answer({
      question,
      history,
      answerId: randomUUID(),
      channel: 'http',
      caller,
      requestId: String(response.locals.requestId),
      conversationId,
      questionId: null,
      signal: abort.signal,
    })
  }
  for (const question of questions.slice(0, -1)) {
    const record = await collect(answer(question))
    history.push({ question, answer: record.answer })
  }
  const events = answer(questions.at(-1) as string)
  if (accepted === 'text/event-stream') {
    await sendEvents(response, events)
    return
  }
  const record = await collect(events)
  if (response.destroyed) return
  response.json(toResponse(record, conversationId, include === 'retrieved'))
}

async function sendEvents(response: Response, events: ReturnType<QuestionDesk['answer']>): Promise<void> {
  // A fault before the first event is an ordinary problem document.
  let step = await events.next()
  response.status(200).set('Content-Type', 'text/event-stream; charset=utf-8')
  const heartbeat = setInterval(() => response.write(': \n\n'), STREAM_HEARTBEAT)
  try {
    for (let sequence = 1; !step.done; sequence++) {
      await writeEvent(response, sequence, step.value)
      step = await events.next()
    }
  } catch (error) {
    await writeEvent(response, 0, { type: 'answer-error', error: toWireFault(error) })
  } finally {
    clearInterval(heartbeat)
    response.end()
  }
}

/** Writes one event; waits while a slow reader has not taken the last ones. */
async function writeEvent(response: Response, sequence: number, event: AnswerEvent): Promise<void> {
  if (response.destroyed) return
  const id = sequence > 0 ? `id: ${sequence}\n` : ''
  const taken = response.write(`${id}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  if (!taken) await onceDrained(response)
}

function getAnswer({ storage }: ApiParts, request: Request, response: Response): void {
  const id = pathValue(request, 'id')
  const stored = storage.answer(id)
  if (stored === 'expired') throw new ServerFault('answer-expired', 'The answer is past its retention.')
  if (stored === null) throw new ServerFault('not-found', 'There is no answer with this id.')
  const { answer, conversationId, durationMs, askedAt } = stored
  response.json({
    id: answer.answerId,
    ...answer,
    conversationId,
    durationMs,
    askedAt: new Date(askedAt).toISOString(),
  } satisfies StoredAnswerView)
}

async function getSearch(
  { desk, limits, configuration }: ApiParts,
  request: Request,
  response: Response,
): Promise<void> {
  const { query, limit } = validate(searchQuery, request.query, 'query')
  const assistant = desk.assistant()
  tellLimits(response, limits.takeQuestion(callerOf(response)))
  const found = await assistant.search(query, limit)
  const contents = new Map<string, Awaited<ReturnType<Assistant['document']>>>()
  const results: SearchResponse['results'] = []
  for (const hit of found) {
    const documentId = hit.paragraphId.split('#')[0] as string
    if (!contents.has(documentId)) contents.set(documentId, await assistant.document(documentId))
    const known = contents.get(documentId)
    const paragraph = known?.content.paragraphs.find(({ id }) => id === hit.paragraphId)
    // Between two calls the index can have changed; what is gone cannot be shown.
    if (!known || !paragraph) continue
    const { label, page, headingPath } = paragraph
    const href = sourceHref(configuration.server.basePath, paragraph, undefined)
    results.push({
      ...hit,
      documentId,
      title: known.document.title,
      label,
      page,
      headingPath: [...headingPath],
      href,
    })
  }
  response.json({ query, results } satisfies SearchResponse)
}

async function getDocuments(
  { desk, configuration }: ApiParts,
  _request: Request,
  response: Response,
): Promise<void> {
  const documents = await desk.assistant().documents()
  const { basePath } = configuration.server
  response.json({
    documents: documents.map(document => documentSummary(document, basePath)),
  } satisfies DocumentList)
}

async function openDocument(desk: QuestionDesk, request: Request) {
  const found = await desk.assistant().document(pathValue(request, 'id'))
  if (!found) throw new ServerFault('not-found', 'There is no document with this id.')
  return found
}

async function getDocument(
  { desk, configuration }: ApiParts,
  request: Request,
  response: Response,
): Promise<void> {
  const { document, content } = await openDocument(desk, request)
  response.json({
    ...documentSummary(document, configuration.server.basePath),
    file: document.file,
    pages: content.pages,
    generalKnowledge: [...document.generalKnowledge],
    paragraphs: content.paragraphs.map(sourceParagraph),
  } satisfies DocumentDetail)
}

async function getParagraph(
  { desk, configuration }: ApiParts,
  request: Request,
  response: Response,
): Promise<void> {
  const { neighbours } = validate(neighboursQuery, request.query, 'query')
  const { document, content } = await openDocument(desk, request)
  const anchor = pathValue(request, 'anchor')
  const view = paragraphView(document, content, anchor, neighbours, configuration.server.basePath)
  if (!view) throw new ServerFault('not-found', 'The document has no paragraph with this anchor.')
  response.json(view)
}

function postFeedback(parts: ApiParts, request: Request, response: Response): void {
  takeFeedback(parts, callerOf(response), validate(feedbackSchema, request.body, 'body'))
  response.status(204).end()
}

/** A path value of the agreed form; anything else cannot exist. */
function pathValue(request: Request, name: string): string {
  const parsed = identifierSchema.safeParse(request.params[name])
  if (!parsed.success) throw new ServerFault('not-found', 'Nothing has an id of this form.')
  return parsed.data
}
