/**
 * Which cases an enrichment question all but repeats. Such a case shows that enrichment is found again, not that
 * questions are understood, so it is tagged `seen` and left out of the headline figures.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { isStopWord, stem, tokenize } from '../ingest/analysis.js'
import { enrichmentPath, listSources } from '../ingest/catalogue.js'
import { parseEnrichment } from '../ingest/enrichment.js'
import { type EvalCase, finalQuestion, type LocatedCase } from './case.js'
import { SEEN_TAG } from './summary.js'

/** Overlap from which a case counts as seen; issue 3 of the project fixed it. */
export const SEEN_OVERLAP = 0.75

/** A case with the enrichment question nearest to it. */
export interface SeenCase {
  readonly id: string
  readonly question: string
  readonly enrichmentQuestion: string
  /** Shared stemmed content words divided by all of them, 0..1 (Jaccard, 1901). */
  readonly overlap: number
}

/** All enrichment questions of the sources. */
export async function readEnrichmentQuestions(sources: readonly string[]): Promise<readonly string[]> {
  const questions: string[] = []
  const { files } = await listSources(sources)
  for (const path of files.map(enrichmentPath)) {
    const enrichment = await readFile(path, 'utf8').catch(() => null)
    if (enrichment === null) continue
    for (const line of parseEnrichment(enrichment, path))
      for (const statement of line.statements) questions.push(...statement.questions)
  }
  return questions
}

/** The answerable cases whose stemmed content words overlap an enrichment question by `SEEN_OVERLAP` or more, most alike first. */
export function findSeen(
  cases: readonly EvalCase[],
  enrichmentQuestions: readonly string[],
): readonly SeenCase[] {
  const known = enrichmentQuestions.map(contentWords)
  const holding = new Map<string, number[]>()
  for (const [index, words] of known.entries())
    for (const word of words) {
      const list = holding.get(word) ?? []
      list.push(index)
      holding.set(word, list)
    }
  const seen: SeenCase[] = []
  for (const evalCase of cases) {
    // An unanswerable question close to a known one is harder to refuse, not easier: it stays in the figures.
    if (evalCase.expect === 'refuse') continue
    const question = finalQuestion(evalCase)
    const words = contentWords(question)
    const shared = new Map<number, number>()
    for (const word of words)
      for (const index of holding.get(word) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1)
    let best = { overlap: 0, index: -1 }
    for (const [index, count] of shared) {
      const overlap = count / (words.size + (known[index]?.size ?? 0) - count)
      if (overlap > best.overlap) best = { overlap, index }
    }
    if (best.overlap >= SEEN_OVERLAP)
      seen.push({
        id: evalCase.id,
        question,
        enrichmentQuestion: enrichmentQuestions[best.index] ?? '',
        overlap: best.overlap,
      })
  }
  return seen.sort((left, right) => right.overlap - left.overlap)
}

/** Writes the tag into the files of the cases that were seen; lines of other cases stay as they are, byte for byte. */
export async function tagSeen(
  cases: readonly LocatedCase[],
  seen: readonly SeenCase[],
): Promise<readonly string[]> {
  const ids = new Set(seen.map(item => item.id))
  const missing = cases.filter(item => ids.has(item.id) && !item.tags.includes(SEEN_TAG))
  const files = new Set(missing.map(item => item.location.slice(0, item.location.lastIndexOf(':'))))
  for (const file of files) {
    const lines = (await readFile(file, 'utf8')).split('\n')
    for (const { location, tags } of missing) {
      const colon = location.lastIndexOf(':')
      const index = Number(location.slice(colon + 1)) - 1
      if (location.slice(0, colon) !== file) continue
      const value = JSON.parse(lines[index] ?? '') as Record<string, unknown>
      lines[index] = JSON.stringify({ ...value, tags: [...tags, SEEN_TAG] })
    }
    await writeFile(file, lines.join('\n'))
  }
  return missing.map(item => item.id)
}

function contentWords(text: string): ReadonlySet<string> {
  return new Set(
    tokenize(text)
      .filter(word => !isStopWord(word))
      .map(stem),
  )
}
