/** Nearest vectors. The only file that knows hnswlib and the LangChain vector store over it. */
import { HNSWLib } from '@langchain/community/vectorstores/hnswlib'
import { Document } from '@langchain/core/documents'
import { Embeddings } from '@langchain/core/embeddings'

/** Breadth of a search; not stored by hnswlib, so it is set after each opening. */
const SEARCH_BREADTH = 100

/** A vector near to a query. */
export interface NearVector {
  /** Position at which the vector was written, from 0. */
  readonly position: number
  /** Cosine, −1..1, higher is closer. */
  readonly similarity: number
}

/** The store only ever gets vectors; LangChain asks for embeddings all the same. */
class NoEmbeddings extends Embeddings {
  constructor() {
    super({})
  }
  override embedDocuments(): Promise<number[][]> {
    return Promise.reject(new Error('The vector store embeds nothing by itself.'))
  }
  override embedQuery(): Promise<number[]> {
    return Promise.reject(new Error('The vector store embeds nothing by itself.'))
  }
}

/** Vectors of one index, searched approximately (HNSW, Malkov and Yashunin 2018). */
export class VectorStore {
  readonly #store: HNSWLib
  readonly #size: number

  private constructor(store: HNSWLib, size: number) {
    this.#store = store
    this.#size = size
    if (size > 0) store.index.setEf(SEARCH_BREADTH)
  }

  /** Builds a store from unit vectors of one length; their positions are their names. */
  static async build(vectors: readonly Float32Array[], dimensions: number): Promise<VectorStore> {
    const store = new HNSWLib(new NoEmbeddings(), { space: 'cosine', numDimensions: dimensions })
    await store.addVectors(
      vectors.map(vector => Array.from(vector)),
      vectors.map((_, position) => new Document({ pageContent: '', metadata: { position } })),
    )
    return new VectorStore(store, vectors.length)
  }

  /** Opens what `save` wrote. The files must have been checked: hnswlib trusts them blindly. */
  static async open(folder: string, size: number): Promise<VectorStore> {
    return new VectorStore(await HNSWLib.load(folder, new NoEmbeddings()), size)
  }

  /** Writes the store into a folder. */
  async save(folder: string): Promise<void> {
    await this.#store.save(folder)
  }

  /** The `count` nearest vectors, closest first. */
  async nearest(query: Float32Array, count: number): Promise<NearVector[]> {
    if (this.#size === 0) return []
    const hits = await this.#store.similaritySearchVectorWithScore(
      Array.from(query),
      Math.min(count, this.#size),
    )
    // LangChain calls it a score, but it is the cosine distance 1 − similarity.
    return hits.map(([document, distance]) => ({
      position: Number(document.metadata.position),
      similarity: 1 - distance,
    }))
  }
}
