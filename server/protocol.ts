/**
 * The wire: what the server and its clients say to each other. The client imports these as types only.
 *
 * Version 1. A field may be added within a version; a change of meaning needs a new one. Absent values are `null`.
 */
import { z } from 'zod'

/** Version of the WebSocket protocol and of the HTTP API path (`/v1`). */
export const PROTOCOL_VERSION = 1

/** Longest question in UTF-16 code units, after clean-up. */
export const MAXIMUM_QUESTION_LENGTH = 2_000

const span = z.tuple([z.int().nonnegative(), z.int().nonnegative()])
const identifier = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\w.:-]+$/)

/**
 * How a sentence is supported by its citation: it *is* the quote, it was checked against the paragraph, or the check
 * failed.
 */
export const supportSchema = z.enum(['letterlijk', 'bevestigd', 'niet bevestigd'])
export type Support = z.infer<typeof supportSchema>

/** One citation, resolved and copied by the server. */
export const citationSchema = z.object({
  /** The number shown as `[n]`, from 1. */
  marker: z.int().positive(),
  paragraphId: z.string(),
  documentId: z.string(),
  /** Path of the file relative to its source folder. */
  document: z.string(),
  title: z.string(),
  documentNumber: z.string().nullable(),
  date: z.string().nullable(),
  /** Label as printed: "18 b)", "voetnoot 16". */
  label: z.string().nullable(),
  page: z.int().positive().nullable(),
  headingPath: z.array(z.string()),
  /** Verbatim substring of `text`. */
  quote: z.string(),
  /** The whole paragraph as printed. */
  text: z.string(),
  /** Ranges of the source text; the slices joined with a space and collapsed equal `text`. */
  spans: z.array(span).min(1),
  support: supportSchema,
  /** Opens the source page at this paragraph with the quote marked. */
  href: z.string(),
})
export type Citation = z.infer<typeof citationSchema>

/**
 * One piece of an answer, in reading order. Text is plain text: no markup, no markers.
 *
 * `lead-in` names the source; `quote` is verbatim; `list-item` is a verbatim item of a list; `sentence` was written by a
 * chat model; `note` tells something about the answer ("Dit document is een ontwerp.").
 */
export const answerSegmentSchema = z.object({
  kind: z.enum(['lead-in', 'quote', 'list-item', 'sentence', 'note']),
  text: z.string(),
  /** Markers of the citations this segment rests on; empty for lead-ins and notes. */
  markers: z.array(z.int().positive()),
  /** `null` for lead-ins and notes, which claim nothing about the documents. */
  support: supportSchema.nullable(),
})
export type AnswerSegment = z.infer<typeof answerSegmentSchema>

/** Why a question was refused. */
export const refusalReasonSchema = z.enum([
  /** The documents do not hold the answer. */
  'no-evidence',
  /** The question is not in Dutch and no chat model is configured. */
  'language',
  /** Small talk, a task, or a subject that no document is about. */
  'out-of-scope',
  /** An opinion or advice is asked. */
  'opinion',
  /** The question tries to instruct the assistant. */
  'instruction',
  /** The question holds nothing to search for. */
  'unclear',
])
export type RefusalReason = z.infer<typeof refusalReasonSchema>

/** A paragraph near to a question that was refused: "misschien bedoelt u". */
export const nearestSourceSchema = citationSchema.omit({ marker: true, support: true })
export type NearestSource = z.infer<typeof nearestSourceSchema>

const answerCommon = {
  /** Identifies the stored answer: `/v1/answers/{answerId}`. */
  answerId: z.string(),
  question: z.string(),
  /** The whole answer as plain Dutch text with `[n]` markers; for a refusal the text that says so. */
  answer: z.string(),
  segments: z.array(answerSegmentSchema),
  /** Whether search composed the text from quotes or a language model wrote it. */
  composedBy: z.enum(['search', 'language-model']),
}

/** An answer with citations. */
export const answeredSchema = z.object({
  ...answerCommon,
  outcome: z.literal('answered'),
  reason: z.null(),
  citations: z.array(citationSchema).min(1),
  /** Parts of the question for which nothing was found, in the visitor's words. */
  unanswered: z.array(z.string()),
  nearest: z.array(nearestSourceSchema).max(0),
})

/** A refusal: an expected outcome, not an error. */
export const refusedSchema = z.object({
  ...answerCommon,
  outcome: z.literal('refused'),
  reason: refusalReasonSchema,
  citations: z.array(citationSchema).max(0),
  unanswered: z.array(z.string()),
  /** Up to three paragraphs that come nearest. */
  nearest: z.array(nearestSourceSchema).max(3),
})

/** What a visitor gets for a question. */
export const answerSchema = z.discriminatedUnion('outcome', [answeredSchema, refusedSchema])
export type Answer = z.infer<typeof answerSchema>

/** One paragraph of the ranking, as `ask --json` and `?include=retrieved` print it. */
export const retrievedParagraphSchema = z.object({
  /** From 1. */
  rank: z.int().positive(),
  paragraphId: z.string(),
  document: z.string(),
  text: z.string(),
  spans: z.array(span).min(1),
})
export type RetrievedParagraph = z.infer<typeof retrievedParagraphSchema>

/** A fault as a client sees it: a code from the closed set of `server/faults.ts` and a Dutch text for the visitor. */
export const wireFaultSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** Whether the same request can succeed later. */
  retryable: z.boolean(),
  /** Seconds after which it can; absent where that is not known. */
  retryAfterSeconds: z.int().positive().optional(),
})
export type WireFault = z.infer<typeof wireFaultSchema>

/** What happens while a question is answered, in this order; `answer-end` replaces everything streamed before it. */
export const answerEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('answer-start'),
    answerId: z.string(),
    question: z.string(),
    composedBy: z.enum(['search', 'language-model']),
  }),
  z.object({ type: z.literal('answer-delta'), segment: answerSegmentSchema }),
  z.object({ type: z.literal('citation-available'), citation: citationSchema }),
  z.object({ type: z.literal('answer-end'), answer: answerSchema }),
  z.object({ type: z.literal('answer-error'), error: wireFaultSchema }),
])
export type AnswerEvent = z.infer<typeof answerEventSchema>

/** Reasons a visitor can give with a rating. */
export const feedbackReasonSchema = z.enum([
  'onjuist',
  'onvolledig',
  'verkeerde-bron',
  'onduidelijk',
  'anders',
])

/** A rating of one answer. */
export const feedbackSchema = z.object({
  answerId: identifier,
  rating: z.enum(['up', 'down']),
  reason: feedbackReasonSchema.nullable().default(null),
  comment: z.string().max(1_000).nullable().default(null),
})
export type Feedback = z.infer<typeof feedbackSchema>

/** What a client may send over the socket. Every message carries an id of the client's making, so that a retry is harmless. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('question-ask'),
    messageId: identifier,
    /** Absent or `null` starts a new conversation; the server names it in `question-accepted`. */
    conversationId: identifier.nullable().default(null),
    question: z.string().max(20_000),
  }),
  z.object({ type: z.literal('question-cancel'), messageId: identifier, questionId: identifier }),
  z.object({
    type: z.literal('conversation-resume'),
    messageId: identifier,
    conversationId: identifier,
    /** Last sequence number the client has seen; events after it are sent again. 0: all. */
    afterSequence: z.int().nonnegative(),
  }),
  z.object({ type: z.literal('feedback-give'), messageId: identifier, feedback: feedbackSchema }),
])
export type ClientMessage = z.infer<typeof clientMessageSchema>

/** What the server sends over the socket. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  /** First message on every connection. */
  z.object({
    type: z.literal('hello'),
    protocolVersion: z.literal(PROTOCOL_VERSION),
    /** Seconds within which a conversation can be resumed after a disconnect. */
    resumeWindowSeconds: z.int().positive(),
  }),
  /** The question is taken; its events follow with rising sequence numbers within the conversation. */
  z.object({
    type: z.literal('question-accepted'),
    messageId: identifier,
    conversationId: identifier,
    /** Equals the `messageId` of the `question-ask`. */
    questionId: identifier,
  }),
  z.object({
    type: z.literal('answer-event'),
    conversationId: identifier,
    questionId: identifier,
    /**
     * Rises by one per event within a conversation, from 1. It jumps where the server was restarted or had to free memory: of
     * questions that have ended only `answer-end` comes then.
     */
    sequence: z.int().positive(),
    event: answerEventSchema,
  }),
  /** The events after the client's number follow. */
  z.object({
    type: z.literal('conversation-resumed'),
    messageId: identifier,
    conversationId: identifier,
    /** Sequence number of the newest event the server holds. */
    lastSequence: z.int().nonnegative(),
  }),
  /** A message was handled that has no other answer: cancel and feedback. */
  z.object({ type: z.literal('message-acknowledged'), messageId: identifier }),
  /** A message could not be handled. `messageId` is `null` when the message could not be read at all. */
  z.object({ type: z.literal('message-rejected'), messageId: identifier.nullable(), error: wireFaultSchema }),
])
export type ServerMessage = z.infer<typeof serverMessageSchema>

/** What the widget needs before the first question: `GET /v1/widget-settings`. */
export const widgetSettingsSchema = z.object({
  /** Questions offered before the first one is asked; from configuration. */
  suggestedQuestions: z.array(z.string()),
  /** Who writes the answers; the fixed notice says it. */
  composedBy: z.enum(['search', 'language-model']),
  /** Page that tells more about the assistant; `null`: the demo page of this server. */
  moreInformationUrl: z.string().nullable(),
  contactUrl: z.string().nullable(),
  /**
   * Whether a caller from this origin needs a token of `POST /v1/visitor-tokens` first. A browser sends it over HTTP as
   * `Authorization: Bearer …`, and on the WebSocket, which has no headers, as the offered subprotocol
   * `vindplaats.token.<token>` beside `vindplaats.v1`.
   */
  visitorTokenRequired: z.boolean(),
  /** Whether answers have a permalink and ratings are taken: `false` when nothing is stored. */
  answersKept: z.boolean(),
})
export type WidgetSettings = z.infer<typeof widgetSettingsSchema>

/** Answer to `POST /v1/visitor-tokens`. */
export const visitorTokenSchema = z.object({ token: z.string(), expiresInSeconds: z.int().positive() })
export type VisitorToken = z.infer<typeof visitorTokenSchema>

/** One document of the catalogue: an item of `GET /v1/documents`. */
export const documentSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  citeAs: z.string().nullable(),
  institution: z.string().nullable(),
  /** `YYYY-MM-DD`, `YYYY-MM` or `YYYY`. */
  date: z.string().nullable(),
  documentNumber: z.string().nullable(),
  kind: z.string().nullable(),
  status: z.string().nullable(),
  language: z.string(),
  url: z.string().nullable(),
  /** Source page of this server. */
  href: z.string(),
})
export type DocumentSummary = z.infer<typeof documentSummarySchema>

/** `GET /v1/documents`. */
export const documentListSchema = z.object({ documents: z.array(documentSummarySchema) })
export type DocumentList = z.infer<typeof documentListSchema>

/** A paragraph as the source view shows it. */
export const sourceParagraphSchema = z.object({
  id: z.string(),
  anchor: z.string(),
  kind: z.string(),
  headingPath: z.array(z.string()),
  label: z.string().nullable(),
  page: z.int().positive().nullable(),
  /** As printed. */
  text: z.string(),
  spans: z.array(span).min(1),
  /** Ids of the footnotes it refers to. */
  footnotes: z.array(z.string()),
})
export type SourceParagraph = z.infer<typeof sourceParagraphSchema>

/** `GET /v1/documents/{id}/paragraphs/{anchor}`: a paragraph among its neighbours, all in reading order. */
export const paragraphViewSchema = z.object({
  document: documentSummarySchema,
  paragraph: sourceParagraphSchema,
  /** Paragraphs directly before it, footnotes left out; empty at the start. */
  before: z.array(sourceParagraphSchema),
  /** Paragraphs directly after it, footnotes left out; empty at the end. */
  after: z.array(sourceParagraphSchema),
  /** Footnotes that any of these refer to. */
  footnotes: z.array(sourceParagraphSchema),
})
export type ParagraphView = z.infer<typeof paragraphViewSchema>

/** Body of `POST /v1/answers`: one question, or turns of which the last is answered. */
export const answerRequestSchema = z.object({
  question: z.string().max(20_000).optional(),
  /** Questions that follow on each other; the last one is answered. */
  turns: z.array(z.string().max(20_000)).min(1).max(10).optional(),
  /** Continues the conversation of an earlier answer, where answers are kept. */
  conversationId: identifier.nullable().default(null),
})
export type AnswerRequest = z.infer<typeof answerRequestSchema>

const answerEnvelope = {
  /** The same as `answerId`. */
  id: z.string(),
  conversationId: z.string().nullable(),
  durationMs: z.number().nonnegative(),
  /** With `?include=retrieved`: the ten best paragraphs, best first. */
  retrieved: z.array(retrievedParagraphSchema).optional(),
}

/** Answer to `POST /v1/answers`. */
export const answerResponseSchema = z.discriminatedUnion('outcome', [
  answeredSchema.extend(answerEnvelope),
  refusedSchema.extend(answerEnvelope),
])
export type AnswerResponse = z.infer<typeof answerResponseSchema>

const storedEnvelope = {
  ...answerEnvelope,
  /** When it was asked: ISO 8601 in UTC. */
  askedAt: z.iso.datetime(),
}

/** `GET /v1/answers/{id}`: a kept answer, exactly as it was given. */
export const storedAnswerSchema = z.discriminatedUnion('outcome', [
  answeredSchema.extend(storedEnvelope),
  refusedSchema.extend(storedEnvelope),
])
export type StoredAnswerView = z.infer<typeof storedAnswerSchema>

/** One hit of `GET /v1/search`. */
export const searchHitSchema = retrievedParagraphSchema.extend({
  documentId: z.string(),
  title: z.string(),
  label: z.string().nullable(),
  page: z.int().positive().nullable(),
  headingPath: z.array(z.string()),
  /** Opens the source page at this paragraph. */
  href: z.string(),
})

/** `GET /v1/search`. */
export const searchResponseSchema = z.object({ query: z.string(), results: z.array(searchHitSchema) })
export type SearchResponse = z.infer<typeof searchResponseSchema>

/** `GET /v1/documents/{id}`: a document with all its paragraphs, in reading order. */
export const documentDetailSchema = documentSummarySchema.extend({
  /** Path of the file relative to its source folder, as citations name it. */
  file: z.string(),
  /** Number of pages; `null` where pages are not known. */
  pages: z.int().nonnegative().nullable(),
  /** Fields that come from general knowledge and not from the document itself. */
  generalKnowledge: z.array(z.string()),
  paragraphs: z.array(sourceParagraphSchema),
})
export type DocumentDetail = z.infer<typeof documentDetailSchema>

/** One fault of a request, as part of a problem document. */
export const problemErrorSchema = z.object({
  in: z.enum(['body', 'query', 'path']),
  /** Where in the body (a JSON pointer with `#`), or the name of the parameter. */
  location: z.object({ pointer: z.string().optional(), name: z.string().optional() }),
  code: z.string(),
  /** Dutch. */
  detail: z.string(),
})
export type ProblemError = z.infer<typeof problemErrorSchema>

/** Every error over HTTP: a problem document (RFC 9457), `application/problem+json`. */
export const problemSchema = z.object({
  type: z.string(),
  /** Dutch, the same for all problems of a status. */
  title: z.string(),
  status: z.int().min(400).max(599),
  /** Dutch: what happened and what to do next. */
  detail: z.string(),
  /** From the closed set of `server/faults.ts`. */
  code: z.string(),
  retryable: z.boolean(),
  /** Stands in the log of the server; absent where the request could not be read. */
  requestId: z.string().optional(),
  /** All faults of an invalid request together. */
  errors: z.array(problemErrorSchema).optional(),
})
export type Problem = z.infer<typeof problemSchema>
