/** The embedded default: a text to a vector without a model, by signed feature hashing of its Dutch terms. */
import { ANALYZER_VERSION, analyze } from './analysis.js'
import type { Embedder } from './embedder.js'

const DIMENSIONS = 256

/** 32-bit FNV-1a (Fowler, Noll and Vo, draft-eastlake-fnv). */
function hash(term: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < term.length; at++) {
    value ^= term.charCodeAt(at)
    value = Math.imul(value, 0x01000193)
  }
  return value >>> 0
}

function add(vector: Float32Array, terms: readonly string[], prefix: string, weight: number): void {
  const counts = new Map<string, number>()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  for (const [term, count] of counts) {
    const value = hash(prefix + term)
    const at = value % DIMENSIONS
    const sign = value & 0x80000000 ? -1 : 1
    vector[at] = (vector[at] as number) + sign * weight * (1 + Math.log(count))
  }
}

function embed(text: string): Float32Array {
  const { words, grams, concepts } = analyze(text)
  const vector = new Float32Array(DIMENSIONS)
  add(vector, words, 'w:', 1)
  add(vector, grams, 'g:', 0.2)
  add(vector, concepts, 'c:', 0.7)
  let norm = 0
  for (const value of vector) norm += value * value
  norm = Math.sqrt(norm)
  // A text without terms gets a fixed unit vector, because a zero vector has no cosine.
  if (norm === 0) vector[0] = 1
  else for (let at = 0; at < DIMENSIONS; at++) vector[at] = (vector[at] as number) / norm
  return vector
}

/** Opens the embedded embedder. It needs no download, no network and no state. */
export function openEmbeddedEmbedder(): Embedder {
  return {
    id: `embedded:1.${ANALYZER_VERSION}`,
    dimensions: DIMENSIONS,
    embedPassages: async texts => texts.map(embed),
    embedQuery: async text => embed(text),
  }
}
