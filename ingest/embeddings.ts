/** Opens the embedder that is asked for. The only file that knows providers of embedding models. */
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { Embeddings } from '@langchain/core/embeddings'
import { openEmbeddedEmbedder } from './embedded-embedder.js'
import type { Embedder } from './embedder.js'
import { EmbeddingCache } from './embedding-cache.js'
import { IngestFault } from './faults.js'

/** Which embedder to open, and where its provider is. The configuration of the server has this shape. */
export interface EmbedderOptions {
  readonly embeddings:
    | { readonly provider: 'embedded' }
    | { readonly provider: 'ollama' | 'openai' | 'transformers'; readonly model: string }
  readonly openai: { readonly baseUrl: string | null; readonly apiKey: string | null }
  readonly ollama: { readonly baseUrl: string }
}

/** What a model wants around its texts, as its model card says. */
interface ModelHabits {
  /** Stands in the embedder's id, because vectors made with other prefixes do not compare. */
  readonly name: string
  readonly query: string
  readonly passage: string
  /** How token vectors become one; only asked of models that run in this process. */
  readonly pooling: 'mean' | 'cls'
}

const PLAIN: ModelHabits = { name: '', query: '', passage: '', pooling: 'mean' }

/** First match counts. Source of each: the model card of the family. */
const HABITS: readonly (readonly [RegExp, ModelHabits])[] = [
  [/\be5\b.*instruct|qwen3-embedding/, instructed('instruct')],
  [/\be5\b/, { name: 'e5', query: 'query: ', passage: 'passage: ', pooling: 'mean' }],
  [/nomic-embed/, { name: 'nomic', query: 'search_query: ', passage: 'search_document: ', pooling: 'mean' }],
  [/arctic-embed2|arctic-embed-\w+-v2/, { name: 'arctic', query: 'query: ', passage: '', pooling: 'cls' }],
  [/bge-m3/, { ...PLAIN, pooling: 'cls' }],
]

function instructed(name: string): ModelHabits {
  const task = 'Given a question, retrieve the passages of policy documents that answer it'
  return { name, query: `Instruct: ${task}\nQuery: `, passage: '', pooling: 'mean' }
}

function habitsOf(model: string): ModelHabits {
  const name = model.toLowerCase().replaceAll('_', '-')
  return HABITS.find(([pattern]) => pattern.test(name))?.[1] ?? PLAIN
}

/** Texts per request: small enough for a server on a laptop, large enough to hide the latency of a request. */
const BATCH_SIZE = 64

/** Longest text that is sent, in UTF-16 units: about 8,000 tokens of Dutch, the context of the usual models. */
const MAXIMUM_TEXT_LENGTH = 20_000

/** Longest wait for one request, in milliseconds. */
const REQUEST_TIMEOUT = 120_000

/** The part of `@huggingface/transformers` that is used. */
export interface TransformersModule {
  readonly env: { allowRemoteModels: boolean; localModelPath: string }
  pipeline(
    task: 'feature-extraction',
    model: string,
  ): Promise<
    (
      texts: string[],
      options: { pooling: 'mean' | 'cls'; normalize: boolean },
    ) => Promise<{ tolist(): number[][] }>
  >
}

/** Settings of `openEmbedder` beside the choice of a model. */
export interface OpenEmbedderSettings {
  /** Folder in which vectors of external models are kept by the hash of their text; absent: nothing is kept. */
  readonly cacheFolder?: string
  /** Loads `@huggingface/transformers`; a parameter because the package is not installed by default. */
  readonly importTransformers?: () => Promise<TransformersModule>
}

/**
 * Opens an embedder. An external model is asked for one vector, so that its dimensions are known.
 *
 * @throws {IngestFault} `embedder-unavailable`, `embedder-invalid`
 */
export async function openEmbedder(
  options: EmbedderOptions,
  settings: OpenEmbedderSettings = {},
): Promise<Embedder> {
  const choice = options.embeddings
  if (choice.provider === 'embedded') return openEmbeddedEmbedder()
  const habits = habitsOf(choice.model)
  const name = `${choice.provider}:${choice.model}`
  const embeddings = await openProvider(choice.provider, choice.model, habits, options, settings)
  const embedder = await ModelEmbedder.open(name, habits, embeddings)
  return settings.cacheFolder === undefined ? embedder : new EmbeddingCache(embedder, settings.cacheFolder)
}

async function openProvider(
  provider: 'ollama' | 'openai' | 'transformers',
  model: string,
  habits: ModelHabits,
  { openai, ollama }: EmbedderOptions,
  { importTransformers }: OpenEmbedderSettings,
): Promise<Embeddings> {
  if (provider === 'transformers') return openTransformers(model, habits, importTransformers)
  if (provider === 'ollama') {
    const { OllamaEmbeddings } = await import('@langchain/ollama')
    return new OllamaEmbeddings({ model, baseUrl: ollama.baseUrl, truncate: true, maxRetries: 2 })
  }
  const { OpenAIEmbeddings } = await import('@langchain/openai')
  return new OpenAIEmbeddings({
    model,
    // Servers of one's own often ask for no key, but the client insists on one.
    apiKey: openai.apiKey ?? 'none',
    configuration: openai.baseUrl === null ? {} : { baseURL: openai.baseUrl },
    // Not every compatible server knows the client's default, base64.
    encodingFormat: 'float',
    batchSize: BATCH_SIZE,
    timeout: REQUEST_TIMEOUT,
    maxRetries: 2,
  })
}

async function openTransformers(
  model: string,
  habits: ModelHabits,
  importModule = importTransformersPackage,
): Promise<Embeddings> {
  const transformers = await importModule()
  const isFolder = await stat(model).then(
    entry => entry.isDirectory(),
    () => false,
  )
  if (isFolder) {
    // A folder that lacks a file must fail at once and not ask a server on the internet for it.
    transformers.env.allowRemoteModels = false
    transformers.env.localModelPath = dirname(resolve(model))
  }
  try {
    const extract = await transformers.pipeline('feature-extraction', isFolder ? basename(model) : model)
    return new TransformersEmbeddings(async texts =>
      (await extract(texts, { pooling: habits.pooling, normalize: true })).tolist(),
    )
  } catch (cause) {
    throw new IngestFault(
      'embedder-unavailable',
      `The model ${model} cannot be loaded (${reason(cause)}). Set EMBEDDINGS=transformers:<folder> to a folder with its ONNX files, or to the name of a model that can be downloaded.`,
      { cause },
    )
  }
}

async function importTransformersPackage(): Promise<TransformersModule> {
  // A variable keeps the compiler from looking for a package that is not installed by default.
  const name = '@huggingface/transformers'
  try {
    return (await import(name)) as TransformersModule
  } catch (cause) {
    throw new IngestFault(
      'embedder-unavailable',
      `EMBEDDINGS=transformers needs the package ${name}, which is not installed (it is 474 MB). Install it with: npm install ${name}`,
      { cause },
    )
  }
}

/** A model that runs in this process. */
class TransformersEmbeddings extends Embeddings {
  readonly #extract: (texts: string[]) => Promise<number[][]>

  constructor(extract: (texts: string[]) => Promise<number[][]>) {
    super({})
    this.#extract = extract
  }

  override embedDocuments(texts: string[]): Promise<number[][]> {
    return this.#extract(texts)
  }

  override async embedQuery(text: string): Promise<number[]> {
    return (await this.#extract([text]))[0] ?? []
  }
}

const reason = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause))

/** An embedder over LangChain's `Embeddings`. */
class ModelEmbedder implements Embedder {
  readonly id: string
  readonly dimensions: number
  readonly #name: string
  readonly #habits: ModelHabits
  readonly #embeddings: Embeddings

  private constructor(name: string, habits: ModelHabits, embeddings: Embeddings, dimensions: number) {
    this.id = habits.name === '' ? name : `${name} (${habits.name})`
    this.dimensions = dimensions
    this.#name = name
    this.#habits = habits
    this.#embeddings = embeddings
  }

  /** Asks the model for one vector, to learn its dimensions. */
  static async open(name: string, habits: ModelHabits, embeddings: Embeddings): Promise<ModelEmbedder> {
    const unknown = new ModelEmbedder(name, habits, embeddings, 0)
    const [probe] = await unknown.#ask([`${habits.query}Vindplaats`])
    return new ModelEmbedder(name, habits, embeddings, probe?.length ?? 0)
  }

  async embedPassages(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = []
    for (let at = 0; at < texts.length; at += BATCH_SIZE) {
      const batch = texts.slice(at, at + BATCH_SIZE).map(text => this.#habits.passage + text)
      vectors.push(...(await this.#ask(batch, signal)))
    }
    return vectors
  }

  async embedQuery(text: string, signal?: AbortSignal): Promise<Float32Array> {
    const [vector] = await this.#ask([this.#habits.query + text], signal)
    return vector as Float32Array
  }

  async #ask(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    const shortened = texts.map(text => text.slice(0, MAXIMUM_TEXT_LENGTH))
    const vectors = await this.#request(shortened, signal)
    if (vectors.length !== texts.length)
      throw this.#invalid(`returned ${vectors.length} vectors for ${texts.length} texts`)
    return vectors.map(vector => this.#unit(vector))
  }

  async #request(texts: string[], signal?: AbortSignal): Promise<number[][]> {
    signal?.throwIfAborted()
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT)
    const ended = signal ? AbortSignal.any([signal, timeout]) : timeout
    let stop = () => {}
    const interrupted = new Promise<never>((_, reject) => {
      stop = () => reject(ended.reason)
      ended.addEventListener('abort', stop, { once: true })
    })
    try {
      return await Promise.race([this.#embeddings.embedDocuments(texts), interrupted])
    } catch (cause) {
      signal?.throwIfAborted()
      throw new IngestFault(
        'embedder-unavailable',
        `The embedder ${this.#name} did not answer (${reason(cause)}). Check that its server runs and knows the model, or set EMBEDDINGS=embedded.`,
        { cause },
      )
    } finally {
      ended.removeEventListener('abort', stop)
    }
  }

  #unit(values: readonly number[]): Float32Array {
    if (this.dimensions !== 0 && values.length !== this.dimensions)
      throw this.#invalid(`returned a vector of ${values.length} dimensions instead of ${this.dimensions}`)
    // What came over the network may hold anything; null would count as 0.
    const norm = values.every(value => typeof value === 'number') ? Math.hypot(...values) : Number.NaN
    if (!Number.isFinite(norm) || norm === 0)
      throw this.#invalid('returned a vector that is empty, zero or not finite')
    return Float32Array.from(values, value => value / norm)
  }

  #invalid(what: string): IngestFault {
    return new IngestFault(
      'embedder-invalid',
      `The embedder ${this.#name} ${what}. Choose a model that is made for embeddings with EMBEDDINGS.`,
    )
  }
}
