/** Which documents are versions of each other: found by the paragraphs that they share, and by their document number. */
import type { DocumentContent } from './corpus.js'
import { fnv1a } from './text-hash.js'

/** Hashes kept of one document. The share is then known to about one eighth (1/√64). */
const SKETCH_SIZE = 64

/** Shorter paragraphs ("Artikel 2", "Aldus vastgesteld") say nothing about a version. In letters and digits. */
const SHORTEST = 40

/** Share of common paragraphs from which two documents count as versions. */
const LEAST_SHARE = 0.4

/** Paragraphs that so many documents hold are formulas, and are not looked at. */
const MOST_OWNERS = 20

/** A hash mixed so that small values are no pattern. */
function hashOf(text: string): number {
  let value = fnv1a(text)
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b)
  return (value ^ (value >>> 16)) >>> 0
}

/**
 * The smallest hashes of a document's paragraphs. Two documents with many of them in common have many paragraphs in common
 * (Broder, "On the resemblance and containment of documents", 1997).
 */
export function sketchOf({ paragraphs }: Pick<DocumentContent, 'paragraphs'>): readonly number[] {
  const hashes = new Set<number>()
  for (const { text } of paragraphs) {
    const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
    if (letters.length >= SHORTEST) hashes.add(hashOf(letters))
  }
  return [...hashes].sort((a, b) => a - b).slice(0, SKETCH_SIZE)
}

/** A document as far as its versions can be told. */
export interface SketchedDocument {
  readonly documentId: string
  readonly documentNumber: string | null
  readonly sketch: readonly number[]
}

/** Two documents that seem to be versions of one. */
export interface VersionPair {
  readonly first: string
  readonly second: string
  /** Estimated share of common paragraphs among those of both, 0..1. */
  readonly share: number
  /** Whether both state the same document number. */
  readonly sameNumber: boolean
}

/** The pairs of documents that seem to be versions of one, in the order of the documents. */
export function findVersions(documents: readonly SketchedDocument[]): readonly VersionPair[] {
  const owners = new Map<string | number, number[]>()
  for (const [at, { sketch, documentNumber }] of documents.entries())
    for (const key of documentNumber === null ? sketch : [...sketch, documentNumber])
      owners.set(key, [...(owners.get(key) ?? []), at])
  const candidates = new Map<string, readonly [number, number]>()
  for (const sharing of owners.values()) {
    if (sharing.length > MOST_OWNERS) continue
    for (const [index, first] of sharing.entries())
      for (const second of sharing.slice(index + 1)) candidates.set(`${first} ${second}`, [first, second])
  }
  const pairs: VersionPair[] = []
  for (const [at, other] of [...candidates.values()].sort(([a, b], [c, d]) => a - c || b - d)) {
    const [first, second] = [documents[at] as SketchedDocument, documents[other] as SketchedDocument]
    const share = resemblance(first.sketch, second.sketch)
    const sameNumber = first.documentNumber !== null && first.documentNumber === second.documentNumber
    if (share >= LEAST_SHARE || sameNumber)
      pairs.push({ first: first.documentId, second: second.documentId, share, sameNumber })
  }
  return pairs
}

/** Estimated share of common hashes among those of both, from the smallest of each. */
function resemblance(first: readonly number[], second: readonly number[]): number {
  const smallest = [...new Set([...first, ...second])].sort((a, b) => a - b).slice(0, SKETCH_SIZE)
  const [inFirst, inSecond] = [new Set(first), new Set(second)]
  const common = smallest.filter(hash => inFirst.has(hash) && inSecond.has(hash)).length
  return smallest.length === 0 ? 0 : common / smallest.length
}

/** What a person is told about a pair. */
export function versionWarning({ first, second, share, sameNumber }: VersionPair): string {
  const why = sameNumber
    ? `state the same document number${share > 0 ? ` and share about ${Math.round(share * 100)} % of their paragraphs` : ''}`
    : `share about ${Math.round(share * 100)} % of their paragraphs`
  return `${first} and ${second} ${why}: they seem to be versions of one document. If so, take the older one out, or answers may cite it.`
}
