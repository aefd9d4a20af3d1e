/**
 * A model server on loopback that speaks the streaming protocols of OpenAI (`/v1/chat/completions`) and Ollama (`/api/chat`)
 * and misbehaves on request.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type ChatModel, openChatModel } from '../../server/chat-model.js'

/** Tokens of a prompt and of its reply. */
export interface Usage {
  readonly input: number
  readonly output: number
}

/** What the server does with one request. */
export type Behaviour =
  /** Streams the pieces and ends properly. */
  | {
      readonly kind: 'reply'
      readonly pieces: readonly string[]
      readonly finish?: 'stop' | 'length'
      /** Tokens that the server says it took; absent: it says nothing of them. */
      readonly usage?: Usage
    }
  /** Answers with a status and no reply. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: string; readonly retryAfter?: number }
  /** Streams the pieces and then says nothing more, with the connection open. */
  | { readonly kind: 'stall'; readonly pieces: readonly string[] }
  /** Streams the pieces and breaks the connection. */
  | { readonly kind: 'cut'; readonly pieces: readonly string[] }
  /** Streams the pieces and ends without saying that the reply is complete. */
  | { readonly kind: 'unfinished'; readonly pieces: readonly string[] }
  /** Streams the piece for ever. */
  | { readonly kind: 'endless'; readonly piece: string }
  /** Streams the pieces and then something that is no JSON. */
  | { readonly kind: 'invalid-json'; readonly pieces: readonly string[] }

/** A request as it came in. */
export interface ReceivedRequest {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: {
    readonly model: string
    readonly stream: boolean
    readonly temperature?: number
    readonly options?: { readonly temperature?: number }
    readonly messages: readonly { readonly role: string; readonly content: string }[]
  }
}

/** A running model server. */
export interface ModelServer {
  /** Base address for `OPENAI_BASE_URL`. */
  readonly openaiUrl: string
  /** Base address for `OLLAMA_BASE_URL`. */
  readonly ollamaUrl: string
  readonly requests: readonly ReceivedRequest[]
  /** Number of connections on which a reply is being written. */
  readonly open: number
  /** What the next requests get, in order; the last one stays for all that follow. */
  behave(...behaviours: readonly Behaviour[]): void
  /** Chooses the behaviour by the request. */
  answer(choose: (request: ReceivedRequest) => Behaviour): void
  close(): Promise<void>
}

/** A reply in one go. */
export const reply = (...pieces: readonly string[]): Extract<Behaviour, { readonly kind: 'reply' }> => ({
  kind: 'reply',
  pieces,
})

/** A chat model that speaks with the server and does not wait before it tries again. */
export async function modelOf({ openaiUrl, ollamaUrl }: ModelServer): Promise<ChatModel> {
  const model = await openChatModel(
    {
      chat: { provider: 'openai', model: 'proef' },
      chatTimeoutSeconds: 5,
      chatTemperature: 0,
      openai: { baseUrl: openaiUrl, apiKey: null },
      ollama: { baseUrl: ollamaUrl },
    },
    { wait: async () => undefined },
  )
  return model as ChatModel
}

type Protocol = 'openai' | 'ollama'

/** Starts a model server on a free port. */
export async function startModelServer(): Promise<ModelServer> {
  const requests: ReceivedRequest[] = []
  let open = 0
  let queue: Behaviour[] = []
  let choose = (_request: ReceivedRequest): Behaviour =>
    (queue.length > 1 ? queue.shift() : queue[0]) ?? reply('Dat weet ik niet.')
  const chooseFromQueue = choose
  const server: Server = createServer(async (request, response) => {
    const received = {
      path: request.url ?? '',
      authorization: request.headers.authorization,
      body: JSON.parse(await readBody(request)),
    }
    requests.push(received)
    open++
    response.once('close', () => {
      open--
    })
    const protocol = received.path.startsWith('/api/') ? 'ollama' : 'openai'
    await write(response, protocol, choose(received)).catch(() => response.destroy())
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    openaiUrl: `http://127.0.0.1:${port}/v1`,
    ollamaUrl: `http://127.0.0.1:${port}`,
    requests,
    get open() {
      return open
    },
    behave: (...behaviours) => {
      queue = [...behaviours]
      choose = chooseFromQueue
    },
    answer: chooser => {
      choose = chooser
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

const pause = (milliseconds = 1) =>
  new Promise(resolve => {
    setTimeout(resolve, milliseconds)
  })

function piece(protocol: Protocol, content: string): string {
  return protocol === 'openai'
    ? `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'proef', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: null }] })}\n\n`
    : `${JSON.stringify({ model: 'proef', created_at: '2025-01-01T00:00:00Z', message: { role: 'assistant', content }, done: false })}\n`
}

function ending(protocol: Protocol, finish: string, usage?: Usage): string {
  if (protocol === 'openai') {
    const last = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'proef' }
    const choices = [{ index: 0, delta: {}, finish_reason: finish }]
    const told = usage && {
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
    }
    return `data: ${JSON.stringify({ ...last, choices, ...(told && { usage: told }) })}\n\ndata: [DONE]\n\n`
  }
  const told = usage && { prompt_eval_count: usage.input, eval_count: usage.output }
  return `${JSON.stringify({ model: 'proef', created_at: '2025-01-01T00:00:00Z', message: { role: 'assistant', content: '' }, done: true, done_reason: finish, ...told })}\n`
}

async function write(response: ServerResponse, protocol: Protocol, behaviour: Behaviour): Promise<void> {
  if (behaviour.kind === 'status') {
    response.writeHead(behaviour.status, {
      'content-type': 'application/json',
      ...(behaviour.retryAfter !== undefined && { 'retry-after': String(behaviour.retryAfter) }),
    })
    response.end(behaviour.body ?? JSON.stringify({ error: { message: 'nee' } }))
    return
  }
  response.writeHead(200, {
    'content-type': protocol === 'openai' ? 'text/event-stream' : 'application/x-ndjson',
  })
  if (behaviour.kind === 'endless') {
    while (!response.destroyed) {
      response.write(piece(protocol, behaviour.piece))
      await pause()
    }
    return
  }
  for (const content of behaviour.pieces) {
    response.write(piece(protocol, content))
    // So that the client sees pieces, and not one packet.
    await pause(2)
  }
  if (behaviour.kind === 'reply') response.end(ending(protocol, behaviour.finish ?? 'stop', behaviour.usage))
  if (behaviour.kind === 'cut') response.destroy()
  if (behaviour.kind === 'unfinished') response.end()
  if (behaviour.kind === 'invalid-json')
    response.end(protocol === 'openai' ? 'data: {"choices": [{"del\n\n' : '{"message": {"cont\n')
}
