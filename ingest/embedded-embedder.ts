/** The embedded default: a text to a vector without a model, by signed feature hashing of its Dutch terms. */
import { ANALYZER_VERSION, findPhrases, isEveryday, lexicon, tokens } from './analysis.js'
import { splitCompound } from './compounds.js'
import type { Embedder } from './embedder.js'
import { gramsOf } from './grams.js'
import { fnv1a } from './text-hash.js'
import { wordKind } from './word-table.js'

const DIMENSIONS = 256

/** How much each kind of term counts. Chosen by recall of the right paragraph among the nearest, see `docs/retrieval.md`. */
const WEIGHTS = { word: 1, part: 0.6, gram: 0.2, concept: 0.7 } as const
/** Frequency (binary logarithm of the count in the table) at which a word would count nothing. */
const COMMON = 20
/** Frequency taken for a word that the table does not know. */
const UNKNOWN = 2
const LEAST_WEIGHT = 0.15
/** Power to which sums are raised, so that a repeated term adds less each time. */
const DAMPING = 0.7

/** A hash with a final mix, because similar terms hash alike without. */
function hash(term: string): number {
  let value = fnv1a(term)
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39)
  return (value ^ (value >>> 15)) >>> 0
}

/** How much a word tells by itself, from the shipped table: never from other documents, so that adding one changes no vector. */
function rarity(stem: string): number {
  const frequency = wordKind(stem)?.frequency ?? UNKNOWN
  return Math.max(LEAST_WEIGHT, 1 - frequency / COMMON) * (isEveryday(stem) ? 0.5 : 1)
}

function embed(text: string): Float32Array {
  const { conceptsOf } = lexicon()
  const sums = new Map<string, number>()
  const add = (term: string, weight: number) => sums.set(term, (sums.get(term) ?? 0) + weight)
  const all = tokens(text)
  for (const { word, stem, stop } of all) {
    if (stop) continue
    const weight = rarity(stem)
    add(`w:${stem}`, WEIGHTS.word * weight)
    const parts = splitCompound(word)
    if (parts.length > 1) for (const part of parts) add(`w:${part}`, WEIGHTS.part * rarity(part))
    for (const gram of gramsOf(stem)) add(`g:${gram}`, WEIGHTS.gram * weight)
    for (const concept of conceptsOf.get(stem) ?? []) add(`c:${concept}`, WEIGHTS.concept * weight)
  }
  for (const { term } of findPhrases(all.map(({ stem }) => stem)))
    for (const concept of conceptsOf.get(term) ?? []) add(`c:${concept}`, WEIGHTS.concept)
  const vector = new Float32Array(DIMENSIONS)
  for (const [term, sum] of sums) {
    const value = hash(term)
    const at = value % DIMENSIONS
    vector[at] = (vector[at] as number) + (value & 0x80000000 ? -1 : 1) * sum ** DAMPING
  }
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
    id: `embedded:2.${ANALYZER_VERSION}`,
    dimensions: DIMENSIONS,
    embedPassages: async texts => texts.map(embed),
    embedQuery: async text => embed(text),
  }
}
