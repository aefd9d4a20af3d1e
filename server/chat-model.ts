/** The chat model that writes answers. The only file that knows LangChain's chat models. */
import type { RenderedPrompt } from '../prompts/load.js'
import type { Configuration } from './configuration.js'
import { ServerFault } from './faults.js'

/** The settings that choose and reach a chat model. */
export type ChatModelSettings = Pick<
  Configuration,
  'chat' | 'chatTimeoutSeconds' | 'chatTemperature' | 'openai' | 'ollama'
>

/** How a reply ended. */
export interface ReplyEnd {
  /** Whether the model was stopped at its longest reply, so that the last words may be missing. */
  readonly truncated: boolean
}

/** Tokens that a chat model took and gave; added up over the requests that a question needs. */
export interface ModelTokens {
  /** Of prompts, where the model tells; what it does not tell is not counted. */
  input: number
  /** Of replies; where the model does not tell, the pieces that it streamed, which usually are a token each. */
  output: number
}

/** Settings of one request. */
export interface ReplyOptions {
  readonly signal?: AbortSignal | undefined
  /** Most tokens of the reply. Defaults to `ANSWER_TOKENS`. */
  readonly maximumTokens?: number
  /** Where the tokens of the request are added, also when it fails or its reader stops early. */
  readonly tokens?: ModelTokens | undefined
}

/** A chat model as the rest of the server sees it. */
export interface ChatModel {
  /** Provider and name: "ollama:llama3.1". */
  readonly id: string
  /**
   * Streams the reply to a prompt in pieces as they come. A request that fails is made again while nothing has been
   * passed on and the failure is of a kind that can pass.
   *
   * @throws {ServerFault} `cancelled` when the signal aborts, `timeout`, `model-unavailable`, `model-failed`. No message and
   *   no cause holds a key.
   */
  stream(prompt: RenderedPrompt, options?: ReplyOptions): AsyncGenerator<string, ReplyEnd, undefined>
  /** The whole reply; throws as `stream` does. */
  complete(prompt: RenderedPrompt, options?: ReplyOptions): Promise<string>
}

/** Most tokens of an answer: five sentences need about two hundred. */
const ANSWER_TOKENS = 1_000
/** Longest reply that is read, in UTF-16 units, whatever the model was asked for. */
const LONGEST_REPLY = 40_000
/** Requests for one reply. */
const ATTEMPTS = 3
/** Wait before the second request, doubled before each further one. In milliseconds. */
const FIRST_DELAY = 300
/** Longest wait that a server can ask for before a request is made again. In milliseconds. */
const LONGEST_DELAY = 5_000

/** What is used of a LangChain chat model. */
interface LangChainModel {
  stream(
    messages: [string, string][],
    options: { signal: AbortSignal },
  ): Promise<
    AsyncIterable<{
      readonly content: unknown
      readonly response_metadata: Record<string, unknown>
      readonly usage_metadata?: { readonly input_tokens: number; readonly output_tokens: number } | undefined
    }>
  >
}

/**
 * Opens the configured chat model; `null` when none is configured. LangChain is loaded only here, so that a server without a
 * chat model starts without it. The model is not asked anything yet.
 */
export async function openChatModel(
  settings: ChatModelSettings,
  { wait = waitFor }: { readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void> } = {},
): Promise<ChatModel | null> {
  const { chat } = settings
  if (chat === null) return null
  const createModel =
    chat.provider === 'ollama'
      ? await ollamaModels(settings, chat.model)
      : await openaiModels(settings, chat.model)
  return new LangChainChatModel(`${chat.provider}:${chat.model}`, settings, createModel, wait)
}

type CreateModel = (signal: AbortSignal, maximumTokens: number) => LangChainModel

async function ollamaModels(
  { ollama, chatTemperature }: ChatModelSettings,
  model: string,
): Promise<CreateModel> {
  const { ChatOllama } = await import('@langchain/ollama')
  return (signal, maximumTokens) =>
    new ChatOllama({
      model,
      baseUrl: ollama.baseUrl,
      temperature: chatTemperature,
      numPredict: maximumTokens,
      maxRetries: 0,
      // The client would wait for a silent server for ever: it looks at the signal only between two pieces.
      fetch: (input, init) =>
        fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, signal]) : signal }),
    })
}

async function openaiModels(
  { openai, chatTemperature }: ChatModelSettings,
  model: string,
): Promise<CreateModel> {
  const { ChatOpenAI } = await import('@langchain/openai')
  return (_signal, maximumTokens) =>
    new ChatOpenAI({
      model,
      // Servers of one's own often ask for no key, but the client insists on one.
      apiKey: openai.apiKey ?? 'none',
      // The client would print pieces of replies that it cannot read.
      configuration: { logLevel: 'off', ...(openai.baseUrl !== null && { baseURL: openai.baseUrl }) },
      temperature: chatTemperature,
      maxTokens: maximumTokens,
      maxRetries: 0,
      // Compatible servers know chat completions; not all of them know the newer interface or usage while streaming.
      useResponsesApi: false,
      streamUsage: false,
    })
}

class LangChainChatModel implements ChatModel {
  readonly id: string
  readonly #settings: ChatModelSettings
  readonly #createModel: CreateModel
  readonly #wait: (milliseconds: number, signal: AbortSignal) => Promise<void>

  constructor(
    id: string,
    settings: ChatModelSettings,
    createModel: CreateModel,
    wait: (milliseconds: number, signal: AbortSignal) => Promise<void>,
  ) {
    this.id = id
    this.#settings = settings
    this.#createModel = createModel
    this.#wait = wait
  }

  async *stream(
    prompt: RenderedPrompt,
    { signal: caller, maximumTokens = ANSWER_TOKENS, tokens = { input: 0, output: 0 } }: ReplyOptions = {},
  ): AsyncGenerator<string, ReplyEnd, undefined> {
    const stop = new AbortController()
    const deadline = AbortSignal.timeout(this.#settings.chatTimeoutSeconds * 1000)
    const signal = AbortSignal.any([stop.signal, deadline, ...(caller ? [caller] : [])])
    let passedOn = 0
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          let finish: unknown
          for await (const piece of this.#pieces(prompt, signal, maximumTokens, tokens)) {
            finish = piece.finish ?? finish
            if (piece.text === '') continue
            passedOn += piece.text.length
            yield piece.text
            if (passedOn >= LONGEST_REPLY) return { truncated: true }
          }
          if (finish === undefined) throw new CutReply('the reply broke off')
          if (passedOn === 0) throw new CutReply('the reply was empty')
          return { truncated: finish === 'length' }
        } catch (error) {
          const failure = describeFailure(error)
          if (signal.aborted || passedOn > 0 || !failure.isPassing || attempt === ATTEMPTS) throw error
          const delay = failure.retryAfter ?? FIRST_DELAY * 2 ** (attempt - 1)
          await this.#wait(Math.min(delay, LONGEST_DELAY), signal)
        }
      }
    } catch (error) {
      throw this.#fault(error, caller, deadline)
    } finally {
      // Also when the reader stops early: the server need not go on.
      stop.abort()
    }
  }

  async *#pieces(
    prompt: RenderedPrompt,
    signal: AbortSignal,
    maximumTokens: number,
    tokens: ModelTokens,
  ): AsyncGenerator<{ text: string; finish: unknown }> {
    const model = this.#createModel(signal, maximumTokens)
    const aborted = rejectOnAbort(signal)
    const stream = await Promise.race([
      model.stream(
        [
          ['system', prompt.system],
          ['human', prompt.user],
        ],
        { signal },
      ),
      aborted,
    ])
    const pieces = stream[Symbol.asyncIterator]()
    let told = 0
    let streamed = 0
    try {
      for (;;) {
        const next = await Promise.race([pieces.next(), aborted])
        if (next.done) return
        const { content, response_metadata: metadata = {}, usage_metadata: usage } = next.value
        const text = textOf(content)
        tokens.input += usage?.input_tokens ?? 0
        told += usage?.output_tokens ?? 0
        if (text !== '') streamed++
        const finish =
          metadata.finish_reason ?? metadata.done_reason ?? (metadata.done === true ? 'stop' : undefined)
        yield { text, finish }
      }
    } finally {
      tokens.output += told || streamed
    }
  }

  async complete(prompt: RenderedPrompt, options: ReplyOptions = {}): Promise<string> {
    let text = ''
    for await (const piece of this.stream(prompt, options)) text += piece
    return text
  }

  #fault(error: unknown, caller: AbortSignal | undefined, deadline: AbortSignal): ServerFault {
    if (error instanceof ServerFault) return error
    if (caller?.aborted) return new ServerFault('cancelled', 'The question was cancelled.')
    if (deadline.aborted)
      return new ServerFault(
        'timeout',
        `The chat model ${this.id} did not finish within ${this.#settings.chatTimeoutSeconds} seconds. Raise CHAT_TIMEOUT_SECONDS or choose a faster model.`,
      )
    const { status, message } = describeFailure(error)
    const cause = new Error(this.#withoutKey(message))
    if (status === null && !(error instanceof CutReply) && !isConnectionFailure(error))
      return new ServerFault('model-failed', `The chat model ${this.id} sent a reply that cannot be read.`, {
        cause,
      })
    if (error instanceof CutReply)
      return new ServerFault('model-failed', `The chat model ${this.id} failed: ${error.message}.`, { cause })
    return new ServerFault('model-unavailable', `The chat model ${this.id} ${explainStatus(status)}`, {
      cause,
    })
  }

  /** Servers repeat keys in their messages. */
  #withoutKey(text: string): string {
    const { apiKey } = this.#settings.openai
    const shortened = apiKey && apiKey.length >= 4 ? text.replaceAll(apiKey, '…') : text
    return shortened.replace(/\b(?:sk|pk|key|bearer)[-_ ][\w*.-]{6,}/gi, '…').slice(0, 500)
  }
}

/** The model stopped before its reply was complete. */
class CutReply extends Error {}

function explainStatus(status: number | null): string {
  if (status === 401 || status === 403)
    return `answered ${status}: it wants another key. Check OPENAI_API_KEY.`
  if (status === 404)
    return 'answered 404: there is no such model or address. Check CHAT_MODEL and the base address.'
  if (status === 429) return 'answered 429: too many requests. Wait, or raise the limit at its provider.'
  if (status === null) return 'cannot be reached. Check that it runs and that its base address is right.'
  return `answered ${status}. See its own log.`
}

interface Failure {
  /** HTTP status; `null` when there was none. */
  readonly status: number | null
  /** Whether the same request can succeed a little later. */
  readonly isPassing: boolean
  /** Milliseconds that the server asked to wait; `null`: it did not say. */
  readonly retryAfter: number | null
  readonly message: string
}

function describeFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error)
  const own = (error ?? {}) as { status?: unknown; status_code?: unknown; headers?: unknown }
  const status = [own.status, own.status_code].find(value => typeof value === 'number') ?? null
  const isPassing =
    status === null
      ? isConnectionFailure(error) || error instanceof CutReply
      : status === 408 || status === 409 || status === 429 || status >= 500
  const seconds = own.headers instanceof Headers ? Number(own.headers.get('retry-after')) : Number.NaN
  return { status, isPassing, retryAfter: seconds > 0 ? seconds * 1000 : null, message }
}

/** Whether the request never got a whole reply: refused, reset, cut. */
function isConnectionFailure(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    const { code } = at as { code?: unknown }
    if (typeof code === 'string' && /^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|UND_ERR)/.test(code))
      return true
    if (
      /fetch failed|terminated|connection error|socket hang up|premature|did not receive done/i.test(
        at.message,
      )
    )
      return true
  }
  return false
}

/** The text of a piece: a string, or the text parts of a list. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map(part => (part?.type === 'text' && typeof part.text === 'string' ? part.text : ''))
    .join('')
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    const fail = () => reject(signal.reason)
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
  // Nobody may be waiting for it when the reply ends in time.
  aborted.catch(() => undefined)
  return aborted
}

function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return Promise.race([
    new Promise<void>(resolve => {
      setTimeout(resolve, milliseconds).unref()
    }),
    rejectOnAbort(signal),
  ])
}
