/** Figures of the verifier: which of the marked sentences it confirms, by kind, with the time it takes. */
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Paragraph } from '../ingest/corpus.js'
import { type VerificationSource, type VerifierWeights, verifySentence } from '../server/verify.js'
import { EvalFault } from './faults.js'
import { collapse, type Library } from './gold.js'

const markedSentenceSchema = z.object({
  id: z.string(),
  sentence: z.string().min(1),
  /** File of the document, relative to its source folder. */
  document: z.string(),
  /** Verbatim words of the paragraph that the sentence cites. */
  quote: z.string().min(1),
  /** Whether the paragraph supports the sentence. */
  supported: z.boolean(),
  /** How the sentence was made: `literal`, `paraphrase`, or what was altered. */
  kind: z.string(),
})
/** A sentence with the paragraph it cites and whether that supports it. */
export type MarkedSentence = z.infer<typeof markedSentenceSchema>

/** A share with the counts behind it; `null` where there is nothing to count. */
export interface Share {
  readonly share: number | null
  readonly hits: number
  readonly total: number
}

/** Figures over one file of sentences. */
export interface VerifierFigures {
  readonly sentences: number
  /** Altered or invented sentences that were not confirmed; higher is better. */
  readonly caught: Share
  /** Supported sentences that were not confirmed; lower is better. */
  readonly wronglyFlagged: Share
  /** Share that was judged right, per kind. */
  readonly perKind: Readonly<Record<string, Share>>
  /** How often each kind of objection was raised, against supported and against unsupported sentences. */
  readonly objections: Readonly<Record<string, { readonly supported: number; readonly unsupported: number }>>
  /** Area under the curve of the probability alone, without the objections; `null` when a side is empty. */
  readonly areaUnderCurve: number | null
  /** Mean milliseconds a sentence, paragraphs prepared once as in an answer. */
  readonly millisecondsPerSentence: number
}

/** One sentence with what became of it. */
export interface JudgedSentence {
  readonly marked: MarkedSentence
  readonly confirmed: boolean
  readonly probability: number
  readonly objections: readonly { readonly kind: string; readonly text: string }[]
  readonly features: Readonly<Record<string, number>>
}

/**
 * Reads marked sentences (JSON Lines).
 *
 * @throws {EvalFault} `cases-invalid` naming file and line
 */
export async function readMarkedSentences(path: string): Promise<MarkedSentence[]> {
  const sentences: MarkedSentence[] = []
  for (const [index, line] of (await readFile(path, 'utf8')).split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      sentences.push(markedSentenceSchema.parse(JSON.parse(line)))
    } catch (cause) {
      throw new EvalFault('cases-invalid', `${path}, line ${index + 1}: not a marked sentence.`, { cause })
    }
  }
  return sentences
}

/**
 * Finds the paragraph of each sentence: the one with the whole quote, or with the longest beginning of it.
 *
 * @throws {EvalFault} `cases-invalid` naming every sentence whose quote is nowhere
 */
export async function locateSentences(
  sentences: readonly MarkedSentence[],
  library: Library,
): Promise<ReadonlyMap<MarkedSentence, VerificationSource>> {
  const located = new Map<MarkedSentence, VerificationSource>()
  const missing: string[] = []
  const byFile = new Map<
    string,
    { document: VerificationSource['document']; paragraphs: readonly Paragraph[] }
  >()
  for (const { id, file } of await library.documents()) {
    const found = await library.document(id)
    if (found) byFile.set(file, { document: found.document, paragraphs: found.content.paragraphs })
  }
  for (const marked of sentences) {
    const owner = byFile.get(marked.document)
    const paragraph = owner && findParagraph(collapse(marked.quote), owner.paragraphs)
    if (!owner || !paragraph) {
      missing.push(marked.id)
      continue
    }
    const parent = owner.paragraphs.find(({ id }) => id === paragraph.parent) ?? null
    located.set(marked, { paragraph, document: owner.document, parent })
  }
  if (missing.length > 0)
    throw new EvalFault('cases-invalid', `No paragraph holds the quote of: ${missing.join(', ')}.`)
  return located
}

function findParagraph(quote: string, paragraphs: readonly Paragraph[]): Paragraph | undefined {
  const texts = paragraphs.map(paragraph => collapse(paragraph.text))
  const words = quote.split(' ')
  for (let count = words.length; count >= Math.min(4, words.length); count--) {
    const wanted = words.slice(0, count).join(' ')
    const at = texts.findIndex(text => text.includes(wanted))
    if (at >= 0) return paragraphs[at]
  }
  return undefined
}

/** Judges every sentence against its paragraph. */
export function judgeSentences(
  located: ReadonlyMap<MarkedSentence, VerificationSource>,
  weights?: VerifierWeights,
): JudgedSentence[] {
  return [...located].map(([marked, source]) => {
    const { support, probability, objections, features } = verifySentence(marked.sentence, source, weights)
    return {
      marked,
      confirmed: support !== 'niet bevestigd',
      probability,
      objections,
      features: { ...features },
    }
  })
}

/**
 * The figures over a set of marked sentences.
 *
 * @throws {EvalFault} `cases-invalid` when a quote is in no paragraph
 */
export async function measureVerifier(
  sentences: readonly MarkedSentence[],
  library: Library,
): Promise<VerifierFigures> {
  const located = await locateSentences(sentences, library)
  judgeSentences(located)
  const started = performance.now()
  const judged = judgeSentences(located)
  const millisecondsPerSentence = (performance.now() - started) / Math.max(1, judged.length)
  return { ...summariseJudgements(judged), millisecondsPerSentence }
}

/** The figures over judged sentences, without the time. */
export function summariseJudgements(
  judged: readonly JudgedSentence[],
): Omit<VerifierFigures, 'millisecondsPerSentence'> {
  const supported = judged.filter(({ marked }) => marked.supported)
  const unsupported = judged.filter(({ marked }) => !marked.supported)
  const perKind: Record<string, Share> = {}
  for (const kind of [...new Set(judged.map(({ marked }) => marked.kind))].sort()) {
    const ofKind = judged.filter(({ marked }) => marked.kind === kind)
    perKind[kind] = share(ofKind, ({ marked, confirmed }) => confirmed === marked.supported)
  }
  const objections: Record<string, { supported: number; unsupported: number }> = {}
  for (const { marked, objections: raised } of judged)
    for (const kind of new Set(raised.map(objection => objection.kind))) {
      objections[kind] ??= { supported: 0, unsupported: 0 }
      objections[kind][marked.supported ? 'supported' : 'unsupported']++
    }
  return {
    sentences: judged.length,
    caught: share(unsupported, ({ confirmed }) => !confirmed),
    wronglyFlagged: share(supported, ({ confirmed }) => !confirmed),
    perKind,
    objections,
    areaUnderCurve: areaUnderCurve(supported, unsupported),
  }
}

function share(judged: readonly JudgedSentence[], counts: (item: JudgedSentence) => boolean): Share {
  const hits = judged.filter(counts).length
  return { share: judged.length === 0 ? null : hits / judged.length, hits, total: judged.length }
}

/** Chance that a supported sentence has a higher probability than an unsupported one; ties count half. */
function areaUnderCurve(
  supported: readonly JudgedSentence[],
  unsupported: readonly JudgedSentence[],
): number | null {
  if (supported.length === 0 || unsupported.length === 0) return null
  let wins = 0
  for (const good of supported)
    for (const bad of unsupported)
      wins += good.probability > bad.probability ? 1 : good.probability === bad.probability ? 0.5 : 0
  return wins / (supported.length * unsupported.length)
}
