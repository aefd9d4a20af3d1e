/** A deployed server as the target of a run: cases are asked over `POST /v1/answers`, paragraphs come from `/v1/documents`. */
import { setTimeout as wait } from 'node:timers/promises'
import type { z } from 'zod'
import type { DocumentContent, Paragraph, ParagraphKind, PolicyDocument } from '../ingest/corpus.js'
import { PARAGRAPH_KINDS } from '../ingest/corpus.js'
import type { AnswerRecord, AskRequest } from '../server/assistant.js'
import {
  answerResponseSchema,
  type DocumentDetail,
  documentDetailSchema,
  documentListSchema,
  problemSchema,
} from '../server/protocol.js'
import { EvalFault } from './faults.js'
import type { EvalTarget } from './run-evals.js'

/** Longest wait for one response, in milliseconds. */
const TIMEOUT = 180_000

/** How often a request that was limited is sent again. */
const MOST_ATTEMPTS = 20

/** Seconds waited when a limited response does not say how long. */
const STANDARD_WAIT = 5

/** A fault that the server answered with. */
class RemoteFault extends Error {
  override readonly name = 'RemoteFault'
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** How to reach a server. */
export interface RemoteOptions {
  /** Address with its path prefix, without `/v1`. */
  readonly url: string
  /** API key, sent as a bearer token; `null`: none. */
  readonly key: string | null
}

/**
 * Opens a deployed server as a target. It does not tell versions of index and embedder, and no source text: figures that
 * need them are left out.
 *
 * @throws {EvalFault} `server-unreachable`
 */
export async function openRemote({ url, key }: RemoteOptions): Promise<EvalTarget> {
  const base = `${url.replace(/\/+$/, '')}/v1`
  const get = <Value>(path: string, schema: z.ZodType<Value>) => request(`${base}${path}`, schema, key)
  const { documents } = await get('/documents', documentListSchema).catch(cause => {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new EvalFault('server-unreachable', `${base}/documents gave no list of documents: ${reason}`, {
      cause,
    })
  })
  const opened = new Map<string, { document: PolicyDocument; content: DocumentContent }>()
  for (const { id } of documents)
    opened.set(id, toDocument(await get(`/documents/${encodeURIComponent(id)}`, documentDetailSchema)))
  return {
    indexVersion: 'not told',
    modelId: null,
    documents: async () => [...opened.values()].map(({ document }) => document),
    document: async id => opened.get(id) ?? null,
    ask: asked => askRemote(base, asked, key),
    close: async () => {},
  }
}

async function askRemote(base: string, asked: AskRequest, key: string | null): Promise<AnswerRecord> {
  const started = performance.now()
  const turns = [...(asked.history ?? []).map(turn => turn.question), asked.question]
  const body = turns.length === 1 ? { question: asked.question } : { turns }
  const response = await request(
    `${base}/answers?include=retrieved`,
    answerResponseSchema,
    key,
    body,
    asked.signal,
  )
  const { retrieved = [], durationMs } = response
  return {
    answer: response,
    retrieved,
    durationMs: performance.now() - started,
    trace: {
      understoodQuestion: asked.question,
      indexVersion: 'not told',
      embedder: 'not told',
      model: null,
      promptVersion: null,
      timings: { 'in the server': durationMs },
      details: {},
    },
  }
}

async function request<Value>(
  address: string,
  schema: z.ZodType<Value>,
  key: string | null,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Value> {
  for (let attempt = 1; ; attempt++) {
    const timeout = AbortSignal.timeout(TIMEOUT)
    const response = await fetch(address, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    // A limit is no fault of the answer: the run goes slower and gets there.
    if (response.status === 429 && attempt < MOST_ATTEMPTS) {
      await response.body?.cancel()
      const seconds = Number(response.headers.get('retry-after') ?? STANDARD_WAIT)
      await wait(
        1000 * (Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 120) : STANDARD_WAIT),
        undefined,
        {
          ...(signal && { signal }),
        },
      )
      continue
    }
    const value: unknown = await response.json().catch(() => null)
    if (!response.ok) {
      const problem = problemSchema.safeParse(value)
      throw new RemoteFault(
        problem.success ? problem.data.code : `http-${response.status}`,
        problem.success ? problem.data.detail : `HTTP ${response.status}`,
      )
    }
    const parsed = schema.safeParse(value)
    if (!parsed.success)
      throw new RemoteFault('response-invalid', 'The response is not of protocol version 1.')
    return parsed.data
  }
}

function toDocument(detail: DocumentDetail): { document: PolicyDocument; content: DocumentContent } {
  const { paragraphs, pages, href: _, ...facts } = detail
  return {
    document: { ...facts, aliases: [], contentHash: '' },
    content: {
      source: '',
      paragraphs: paragraphs.map(
        (paragraph): Paragraph => ({
          ...paragraph,
          documentId: detail.id,
          kind: toKind(paragraph.kind),
          parent: null,
          searchText: paragraph.text,
        }),
      ),
      furniture: [],
      pages,
      repairedWords: 0,
      warnings: [],
    },
  }
}

function toKind(name: string): ParagraphKind {
  return PARAGRAPH_KINDS.find(kind => kind === name) ?? 'text'
}
