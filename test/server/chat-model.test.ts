import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ChatModel, type ChatModelSettings, openChatModel } from '../../server/chat-model.js'
import { ServerFault } from '../../server/faults.js'
import { type ModelServer, reply, startModelServer } from '../support/model-server.js'

const KEY = 'sk-geheim-0123456789abcdef'
const PROMPT = { system: 'Wees kort.', user: 'Wat is er begroot?' }

let server: ModelServer
let waits: number[]

beforeEach(async () => {
  server = await startModelServer()
  waits = []
})
afterEach(() => server.close())

function settings(
  provider: 'ollama' | 'openai',
  changes: Partial<ChatModelSettings> = {},
): ChatModelSettings {
  return {
    chat: { provider, model: 'proef' },
    chatTimeoutSeconds: 20,
    chatTemperature: 0,
    openai: { baseUrl: server.openaiUrl, apiKey: KEY },
    ollama: { baseUrl: server.ollamaUrl },
    ...changes,
  }
}

async function open(
  provider: 'ollama' | 'openai',
  changes: Partial<ChatModelSettings> = {},
): Promise<ChatModel> {
  const model = await openChatModel(settings(provider, changes), {
    wait: async milliseconds => {
      waits.push(milliseconds)
    },
  })
  return model as ChatModel
}

async function read(model: ChatModel, signal?: AbortSignal) {
  const pieces: string[] = []
  const stream = model.stream(PROMPT, { signal })
  for (;;) {
    const { done, value } = await stream.next()
    if (done) return { pieces, end: value }
    pieces.push(value)
  }
}

/** What was passed on before the fault, and the fault. */
async function readToFault(
  model: ChatModel,
  signal?: AbortSignal,
): Promise<{ text: string; fault: ServerFault }> {
  let text = ''
  try {
    for await (const piece of model.stream(PROMPT, { signal })) text += piece
  } catch (fault) {
    if (fault instanceof ServerFault) return { text, fault }
    throw fault
  }
  throw new Error('The model did not fail.')
}

describe.each(['openai', 'ollama'] as const)('a chat model of %s', provider => {
  it('streams the pieces as they come and says how the reply ended', async () => {
    server.behave(reply('Er is ', '118 miljoen', ' euro begroot [1].'))
    const { pieces, end } = await read(await open(provider))
    expect(pieces).toEqual(['Er is ', '118 miljoen', ' euro begroot [1].'])
    expect(end).toEqual({ truncated: false })
  })

  it('sends both parts of the prompt, the model and temperature 0', async () => {
    server.behave(reply('Ja.'))
    await read(await open(provider))
    const [{ body } = { body: undefined }] = server.requests
    expect(body?.model).toBe('proef')
    expect(body?.messages.map(({ role, content }) => [role, content])).toEqual([
      ['system', PROMPT.system],
      ['user', PROMPT.user],
    ])
    expect(body?.temperature ?? body?.options?.temperature).toBe(0)
  })

  it('says that a reply was cut at its longest', async () => {
    server.behave({ kind: 'reply', pieces: ['Er is veel'], finish: 'length' })
    expect((await read(await open(provider))).end).toEqual({ truncated: true })
  })

  it.each([429, 500, 503])('asks again after %i while nothing was passed on', async status => {
    server.behave({ kind: 'status', status }, { kind: 'status', status }, reply('Gelukt.'))
    expect((await read(await open(provider))).pieces).toEqual(['Gelukt.'])
    expect(server.requests).toHaveLength(3)
    expect(waits).toEqual([300, 600])
  })

  it('counts the tokens that the server tells, over all its requests', async () => {
    const tokens = { input: 0, output: 0 }
    const model = await open(provider)
    server.behave({ ...reply('Er is ', '118 miljoen.'), usage: { input: 900, output: 7 } })
    await model.complete(PROMPT, { tokens })
    await model.complete(PROMPT, { tokens })
    expect(tokens).toEqual({ input: 1_800, output: 14 })
  })

  it('counts pieces where the server tells no tokens, also of a reply that breaks off', async () => {
    const tokens = { input: 0, output: 0 }
    const model = await open(provider)
    server.behave(reply('Er is ', '118 miljoen', ' euro.'))
    await model.complete(PROMPT, { tokens })
    expect(tokens).toEqual({ input: 0, output: 3 })
    server.behave({ kind: 'cut', pieces: ['Er is ', '118'] })
    await expect(model.complete(PROMPT, { tokens })).rejects.toThrow()
    expect(tokens.output).toBeGreaterThan(3)
  })

  it('gives up after three requests', async () => {
    server.behave({ kind: 'status', status: 500 })
    const { fault } = await readToFault(await open(provider))
    expect(fault.code).toBe('model-unavailable')
    expect(fault.message).toContain('500')
    expect(server.requests).toHaveLength(3)
  })

  it.each([400, 401, 403, 404])('does not ask again after %i', async status => {
    server.behave({ kind: 'status', status })
    const { fault } = await readToFault(await open(provider))
    expect(fault.code).toBe('model-unavailable')
    expect(server.requests).toHaveLength(1)
  })

  it('does not ask again once something was passed on', async () => {
    server.behave({ kind: 'cut', pieces: ['Er is '] }, reply('Iets heel anders.'))
    const { text, fault } = await readToFault(await open(provider))
    expect(text).toBe('Er is ')
    expect(['model-failed', 'model-unavailable']).toContain(fault.code)
    expect(server.requests).toHaveLength(1)
  })

  it('asks again when the connection broke before the first piece', async () => {
    server.behave({ kind: 'cut', pieces: [] }, reply('Gelukt.'))
    expect((await read(await open(provider))).pieces).toEqual(['Gelukt.'])
  })

  it('takes a reply that ends without saying so for a broken one', async () => {
    server.behave({ kind: 'unfinished', pieces: ['Er is 118'] })
    const { text, fault } = await readToFault(await open(provider))
    expect(text).toBe('Er is 118')
    expect(['model-failed', 'model-unavailable']).toContain(fault.code)
  })

  it('fails on something that is no JSON', async () => {
    server.behave({ kind: 'invalid-json', pieces: ['Er is '] })
    const { fault } = await readToFault(await open(provider))
    expect(['model-failed', 'model-unavailable']).toContain(fault.code)
  })

  it('fails on an empty reply', async () => {
    server.behave(reply(''))
    expect((await readToFault(await open(provider))).fault.code).toBe('model-failed')
  })

  it('stops waiting for a silent server when its time is over', async () => {
    server.behave({ kind: 'stall', pieces: ['Er is '] })
    const { text, fault } = await readToFault(await open(provider, { chatTimeoutSeconds: 1 }))
    expect(text).toBe('Er is ')
    expect(fault.code).toBe('timeout')
  })

  it('stops waiting for a server that never begins when its time is over', async () => {
    server.behave({ kind: 'stall', pieces: [] })
    expect((await readToFault(await open(provider, { chatTimeoutSeconds: 1 }))).fault.code).toBe('timeout')
  })

  it('is cancelled by the signal, and the request with it', async () => {
    server.behave({ kind: 'stall', pieces: ['Er is '] })
    const cancel = new AbortController()
    const model = await open(provider)
    const stream = model.stream(PROMPT, { signal: cancel.signal })
    await stream.next()
    cancel.abort()
    await expect(stream.next()).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => server.open).toBe(0)
  })

  it('closes the request when the reader stops reading', async () => {
    server.behave({ kind: 'endless', piece: 'en nog iets ' })
    for await (const _piece of (await open(provider)).stream(PROMPT)) break
    await expect.poll(() => server.open).toBe(0)
  })

  it('stops an endless reply', async () => {
    server.behave({ kind: 'endless', piece: 'en nog iets '.repeat(500) })
    const { pieces, end } = await read(await open(provider))
    expect(end).toEqual({ truncated: true })
    expect(pieces.join('').length).toBeLessThan(60_000)
  })

  it('names a server that is not there', async () => {
    const address = { openai: server.openaiUrl, ollama: server.ollamaUrl }
    await server.close()
    const model = await open(provider, {
      openai: { baseUrl: address.openai, apiKey: KEY },
      ollama: { baseUrl: address.ollama },
    })
    const { fault } = await readToFault(model)
    expect(fault.code).toBe('model-unavailable')
    expect(fault.message).toContain('cannot be reached')
    server = await startModelServer()
  })

  it('keeps the key out of messages and causes, also when the server repeats it', async () => {
    server.behave({
      kind: 'status',
      status: 401,
      body: JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}` } }),
    })
    const { fault } = await readToFault(await open(provider))
    expect(fault.message).toContain('401')
    expect(
      JSON.stringify([fault.message, fault.stack, String(fault.cause), (fault.cause as Error).stack]),
    ).not.toContain(KEY)
    expect((fault.cause as Error).cause).toBeUndefined()
  })
})

describe('a chat model', () => {
  it('is absent when none is configured', async () => {
    expect(await openChatModel(settings('openai', { chat: null }))).toBeNull()
  })

  it('sends the key as a bearer token', async () => {
    server.behave(reply('Ja.'))
    await read(await open('openai'))
    expect(server.requests[0]?.authorization).toBe(`Bearer ${KEY}`)
  })

  it('waits as long as the server asks, within bounds', async () => {
    server.behave(
      { kind: 'status', status: 429, retryAfter: 2 },
      { kind: 'status', status: 429, retryAfter: 900 },
      reply('Ja.'),
    )
    await read(await open('openai'))
    expect(waits).toEqual([2_000, 5_000])
  })

  it('gives the whole reply', async () => {
    server.behave(reply('Eén ', 'twee.'))
    expect(await (await open('openai')).complete(PROMPT)).toBe('Eén twee.')
  })

  it('is named by provider and model', async () => {
    expect((await open('ollama')).id).toBe('ollama:proef')
  })

  it('is the only place that names LangChain, and loads it only when asked for', () => {
    const server = resolve(import.meta.dirname, '../../server')
    const naming = readdirSync(server, { recursive: true, encoding: 'utf8' }).filter(
      name =>
        name.endsWith('.ts') &&
        /(?:from |import\()'@?langchain/.test(readFileSync(join(server, name), 'utf8')),
    )
    expect(naming).toEqual(['chat-model.ts'])
    expect(readFileSync(join(server, 'chat-model.ts'), 'utf8')).not.toMatch(/^import .*langchain/m)
  })
})
