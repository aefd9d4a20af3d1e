/** The figures of a run that do not come from cases: segmentation, and the check of sentences against paragraphs. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Library } from './gold.js'
import { evaluateParagraphs } from './paragraphs.js'
import { alignedTable, percent } from './table.js'
import { measureVerifier, readMarkedSentences } from './verifier.js'

/** Files of marked sentences, with who wrote them. */
const SENTENCE_FILES = [
  ['by the author of the verifier', 'sentences-own.jsonl'],
  ['by a second writer', 'sentences-second.jsonl'],
  ['by a third writer', 'sentences-third.jsonl'],
  ['by a writer who has not seen it', 'sentences-blind.jsonl'],
] as const

const shareSchema = z.object({ share: z.number().nullable(), hits: z.number(), total: z.number() })

/** As kept in the file of a run. */
export const moreFiguresSchema = z.object({
  paragraphs: z.object({
    marked: z.number(),
    /** Share whose first and last words are right and that hold nothing foreign, 0..1; higher is better. */
    exact: z.number(),
    /** Share that also have the right label, kind and introduction, 0..1. */
    exactWithStructure: z.number(),
    /** Characters of the sources in no paragraph and no furniture, or in more than one; 0 is right. */
    unplaced: z.number(),
    spansWrong: z.number(),
  }),
  verifier: z.array(
    z.object({
      writtenBy: z.string(),
      sentences: z.number(),
      /** Altered or invented sentences that were not confirmed; higher is better. */
      caught: shareSchema,
      /** Supported sentences that were not confirmed; lower is better. */
      wronglyFlagged: shareSchema,
      perKind: z.record(z.string(), shareSchema),
      areaUnderCurve: z.number().nullable(),
      millisecondsPerSentence: z.number(),
    }),
  ),
})
export type MoreFigures = z.infer<typeof moreFiguresSchema>

/**
 * Measures both on the shipped documents.
 *
 * @throws {EvalFault} `cases-invalid` when a marked sentence quotes what is in no paragraph
 */
export async function measureMore(library: Library): Promise<MoreFigures> {
  const { scores, exact, exactWithStructure, documents } = await evaluateParagraphs()
  const verifier: MoreFigures['verifier'] = []
  for (const [writtenBy, file] of SENTENCE_FILES) {
    const path = join(fileURLToPath(new URL('verifier', import.meta.url)), file)
    verifier.push({ writtenBy, ...(await measureVerifier(await readMarkedSentences(path), library)) })
  }
  return {
    paragraphs: {
      marked: scores.length,
      exact,
      exactWithStructure,
      unplaced: documents.reduce((sum, document) => sum + document.unplaced, 0),
      spansWrong: documents.reduce((sum, document) => sum + document.spansWrong, 0),
    },
    // The schema drops what only the command of the verifier itself shows.
    verifier: verifier.map(figures => moreFiguresSchema.shape.verifier.element.parse(figures)),
  }
}

/** The figures for the terminal. */
export function moreFiguresText({ paragraphs, verifier }: MoreFigures): string {
  const share = ({ share: value, hits, total }: z.infer<typeof shareSchema>) =>
    `${percent(value)} (${hits} of ${total})`
  return [
    `paragraphs: ${percent(paragraphs.exact)} of ${paragraphs.marked} marked by hand are exact, ` +
      `${percent(paragraphs.exactWithStructure)} with label, kind and introduction; ` +
      `${paragraphs.unplaced} characters unplaced, ${paragraphs.spansWrong} paragraphs with wrong spans`,
    alignedTable([
      ['verifier, sentences written', 'n', 'unsupported caught', 'supported flagged', 'area', 'ms'],
      ...verifier.map(row => [
        row.writtenBy,
        String(row.sentences),
        share(row.caught),
        share(row.wronglyFlagged),
        row.areaUnderCurve?.toFixed(3) ?? '–',
        row.millisecondsPerSentence.toFixed(2),
      ]),
    ]),
  ].join('\n\n')
}
