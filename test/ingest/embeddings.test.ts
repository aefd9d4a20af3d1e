import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type EmbedderOptions, openEmbedder, type TransformersModule } from '../../ingest/embeddings.js'
import { temporaryFolder } from '../support/ingest-folders.js'

interface FakeServer {
  readonly url: string
  /** Path, key and texts of each request. */
  readonly requests: { path: string; key: string | undefined; model: string; input: string[] }[]
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const piece of request) body += piece
  return body
}

/** A server that speaks as Ollama and as OpenAI do, and embeds a text as its length and its letters a and e. */
async function fakeServer(embed = (text: string): unknown => lengthVector(text)): Promise<FakeServer> {
  const requests: FakeServer['requests'] = []
  const server = createServer(async (request, response) => {
    const { model, input } = JSON.parse(await readBody(request)) as { model: string; input: string[] }
    const path = request.url ?? ''
    requests.push({ path, key: request.headers.authorization, model, input })
    const vectors = input.map(embed)
    const body = path.endsWith('/api/embed')
      ? { model, embeddings: vectors }
      : {
          object: 'list',
          model,
          data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
          usage: { prompt_tokens: 0, total_tokens: 0 },
        }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

function lengthVector(text: string): number[] {
  return [text.length, text.split('a').length, text.split('e').length, 1]
}

const options = (
  provider: 'ollama' | 'openai' | 'transformers',
  model: string,
  url = 'http://127.0.0.1:9',
): EmbedderOptions => ({
  embeddings: { provider, model },
  openai: { baseUrl: `${url}/v1`, apiKey: 'geheim' },
  ollama: { baseUrl: url },
})

const norm = (vector: Float32Array | undefined) => Math.hypot(...(vector ?? []))

describe.each(['ollama', 'openai'] as const)('an embedder over %s', provider => {
  it('learns the dimensions, and gives unit vectors in the order of the texts', async () => {
    const { url } = await fakeServer()
    const embedder = await openEmbedder(options(provider, 'een-model', url))
    expect(embedder).toMatchObject({ id: `${provider}:een-model`, dimensions: 4 })
    const texts = ['a', 'eee', 'een langere tekst']
    const vectors = await embedder.embedPassages(texts)
    for (const [at, text] of texts.entries()) {
      const expected = lengthVector(text)
      const length = Math.hypot(...expected)
      expect(norm(vectors[at])).toBeCloseTo(1, 6)
      expect(vectors[at]?.[0]).toBeCloseTo((expected[0] as number) / length, 6)
    }
    expect(norm(await embedder.embedQuery('Wat kost parkeren?'))).toBeCloseTo(1, 6)
  })

  it('asks in portions of at most 64 texts', async () => {
    const { url, requests } = await fakeServer()
    const embedder = await openEmbedder(options(provider, 'een-model', url))
    const texts = Array.from({ length: 150 }, (_, number) => `tekst ${number}`)
    expect(await embedder.embedPassages(texts)).toHaveLength(150)
    expect(requests.slice(1).map(({ input }) => input.length)).toEqual([64, 64, 22])
  })

  it('puts the words around texts that the model was trained with', async () => {
    const { url, requests } = await fakeServer()
    const embedder = await openEmbedder(options(provider, 'multilingual-e5-small', url))
    expect(embedder.id).toBe(`${provider}:multilingual-e5-small (e5)`)
    await embedder.embedPassages(['De tekst.'])
    await embedder.embedQuery('De vraag?')
    expect(requests.slice(1).map(({ input }) => input[0])).toEqual(['passage: De tekst.', 'query: De vraag?'])
  })

  it('refuses vectors that are not finite, zero, of another length or missing', async () => {
    for (const wrong of [[1, null, 3, 4], [0, 0, 0, 0], [1, 2, 3], []]) {
      let first = true
      const { url } = await fakeServer(text => {
        if (!first) return wrong
        first = false
        return lengthVector(text)
      })
      const embedder = await openEmbedder(options(provider, 'een-model', url))
      await expect(embedder.embedPassages(['tekst'])).rejects.toMatchObject({
        code: 'embedder-invalid',
        message: expect.stringContaining('EMBEDDINGS'),
      })
    }
  })

  it('that does not answer is a fault that names it and says what to do', async () => {
    await expect(openEmbedder(options(provider, 'een-model'))).rejects.toMatchObject({
      code: 'embedder-unavailable',
      message: expect.stringContaining(`${provider}:een-model`),
    })
  }, 60_000)

  it('stops when its caller does', async () => {
    const { url } = await fakeServer()
    const embedder = await openEmbedder(options(provider, 'een-model', url))
    const signal = AbortSignal.abort(new Error('gestopt'))
    await expect(embedder.embedPassages(['tekst'], signal)).rejects.toThrow('gestopt')
  })
})

it('sends the key to an OpenAI-compatible server, under its base address', async () => {
  const { url, requests } = await fakeServer()
  await openEmbedder(options('openai', 'een-model', url))
  expect(requests[0]).toMatchObject({ path: '/v1/embeddings', key: 'Bearer geheim', model: 'een-model' })
})

describe('a model in this process', () => {
  function fakeTransformers() {
    const asked: unknown[] = []
    const module: TransformersModule = {
      env: { allowRemoteModels: true, localModelPath: '' },
      async pipeline(task, model) {
        asked.push([task, model])
        if (model === 'bestaat-niet') throw new Error('404')
        return async (texts, settings) => {
          asked.push([texts, settings])
          return { tolist: () => texts.map(lengthVector) }
        }
      },
    }
    return { module, asked, importTransformers: async () => module }
  }

  it('is loaded from a folder without the internet', async () => {
    const folder = join(await temporaryFolder(), 'multilingual-e5-small')
    await mkdir(folder)
    const { module, asked, importTransformers } = fakeTransformers()
    const embedder = await openEmbedder(options('transformers', folder), { importTransformers })
    expect(module.env).toEqual({ allowRemoteModels: false, localModelPath: join(folder, '..') })
    expect(asked[0]).toEqual(['feature-extraction', 'multilingual-e5-small'])
    expect(embedder.dimensions).toBe(4)
    await embedder.embedPassages(['tekst'])
    expect(asked.at(-1)).toEqual([['passage: tekst'], { pooling: 'mean', normalize: true }])
  })

  it('is pooled as its model card says', async () => {
    const { asked, importTransformers } = fakeTransformers()
    await openEmbedder(options('transformers', 'Xenova/bge-m3'), { importTransformers })
    expect(asked.at(-1)).toEqual([[expect.any(String)], { pooling: 'cls', normalize: true }])
  })

  it('that cannot be loaded says what to do', async () => {
    const { importTransformers } = fakeTransformers()
    await expect(
      openEmbedder(options('transformers', 'bestaat-niet'), { importTransformers }),
    ).rejects.toMatchObject({
      code: 'embedder-unavailable',
      message: expect.stringContaining('transformers:<folder>'),
    })
  })

  it('without the package says how to install it', async () => {
    await expect(openEmbedder(options('transformers', 'Xenova/all-MiniLM-L6-v2'))).rejects.toMatchObject({
      code: 'embedder-unavailable',
      message: expect.stringContaining('npm install @huggingface/transformers'),
    })
  })
})

it('opens the embedded embedder without asking anybody', async () => {
  const embedder = await openEmbedder({
    embeddings: { provider: 'embedded' },
    openai: { baseUrl: null, apiKey: null },
    ollama: { baseUrl: 'http://127.0.0.1:9' },
  })
  expect(embedder.id).toMatch(/^embedded:/)
})
