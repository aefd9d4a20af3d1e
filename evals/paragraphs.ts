/**
 * Whether ingest finds the paragraphs that a reader finds: a set made by hand from the printed order of the seeds, scored
 * exactly, with the figures that show that a paragraph is not a page.
 */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { type DocumentContent, PARAGRAPH_KINDS, type Paragraph } from '../ingest/corpus.js'
import { readLabel } from '../ingest/paragraphs/labels.js'
import { textOf, withoutMarks } from '../ingest/paragraphs/text-shape.js'
import { readDocument } from '../ingest/read-document.js'

const goldParagraph = z.strictObject({
  /** Source file below the folder of the seeds. */
  document: z.string().min(1),
  /** First and last words as printed, without the label and the marks of Markdown. */
  first: z.string().min(1),
  last: z.string().min(1),
  kind: z.enum(PARAGRAPH_KINDS),
  label: z.string().nullable(),
  /** Beginning of the introduction's text as ingest shows it; `null`: there is none. */
  parent: z.string().nullable(),
  /** What must not be in the paragraph: its neighbours, footnotes, headers, margins. */
  forbidden: z.array(z.string().min(1)),
})

/** One paragraph as a person marked it. */
export type GoldParagraph = z.infer<typeof goldParagraph>

/** What can be wrong with a paragraph. */
export type ParagraphFault = 'first words' | 'last words' | 'forbidden text' | 'label' | 'kind' | 'parent'

/** One marked paragraph with what is wrong with the paragraph found for it. */
export interface ParagraphScore {
  readonly gold: GoldParagraph
  readonly faults: readonly ParagraphFault[]
  /** The text found, for the report; `null` where no paragraph begins with the first words. */
  readonly found: string | null
}

/** Figures of one document. Lengths are in characters of the text of paragraphs that are no headings. */
export interface DocumentFigures {
  readonly document: string
  readonly paragraphs: number
  readonly medianLength: number
  readonly lengthP95: number
  readonly longest: number
  /** Characters other than white space that are in no paragraph and no furniture, or in more than one; 0 is right. */
  readonly unplaced: number
  /** Paragraphs whose text is not what their spans hold; 0 is right. */
  readonly spansWrong: number
}

/** The whole report. */
export interface ParagraphReport {
  readonly scores: readonly ParagraphScore[]
  /** Share of marked paragraphs whose first and last words are right and that hold no forbidden text, 0..1. */
  readonly exact: number
  /** Share that also have the right label, kind and introduction, 0..1. */
  readonly exactWithStructure: number
  readonly documents: readonly DocumentFigures[]
}

const GOLD = new URL('./paragraphs/gold.jsonl', import.meta.url)
const SEEDS = fileURLToPath(new URL('../seeds', import.meta.url))
/** Share of exact paragraphs below which the command fails: the project's target. */
const TARGET = 0.98

/** Reads marked paragraphs, one JSON object on a line. */
export function parseGold(text: string): GoldParagraph[] {
  return text
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => goldParagraph.parse(JSON.parse(line)))
}

/** Text without its label and marks, to compare words with words. */
function bare(text: string): string {
  const unmarked = withoutMarks(text).replace(/\s+/g, ' ').trim()
  const footnote = /^\d{1,3} (?=\S)/.exec(unmarked)
  return unmarked.slice(footnote?.[0].length ?? readLabel(unmarked)?.length ?? 0)
}

/** Scores the paragraphs found against those marked. Pure: no files, no clock. */
export function scoreParagraphs(
  gold: readonly GoldParagraph[],
  documents: ReadonlyMap<string, readonly Paragraph[]>,
): ParagraphScore[] {
  return gold.map(marked => {
    const paragraphs = documents.get(marked.document) ?? []
    const candidates = paragraphs.filter(paragraph => bare(paragraph.text).startsWith(bare(marked.first)))
    const endsRight = (paragraph: Paragraph): boolean => bare(paragraph.text).endsWith(bare(marked.last))
    const isLabelled = (paragraph: Paragraph): boolean => paragraph.label === marked.label
    const found =
      candidates.find(paragraph => endsRight(paragraph) && isLabelled(paragraph)) ??
      candidates.find(endsRight) ??
      candidates[0]
    if (!found) return { gold: marked, faults: ['first words'], found: null }
    const parent = paragraphs.find(paragraph => paragraph.id === found.parent)
    const isParent = marked.parent === null ? !parent : (parent?.text.startsWith(marked.parent) ?? false)
    const faults: ParagraphFault[] = []
    if (!endsRight(found)) faults.push('last words')
    if (marked.forbidden.some(text => found.text.includes(text))) faults.push('forbidden text')
    if (!isLabelled(found)) faults.push('label')
    if (found.kind !== marked.kind) faults.push('kind')
    if (!isParent) faults.push('parent')
    return { gold: marked, faults, found: found.text }
  })
}

const TEXT_FAULTS: ReadonlySet<ParagraphFault> = new Set(['first words', 'last words', 'forbidden text'])

/** Whether the text itself is exact; label, kind and introduction aside. */
export function isExact(score: ParagraphScore): boolean {
  return !score.faults.some(fault => TEXT_FAULTS.has(fault))
}

/** Figures of one document's paragraphs. */
function documentFigures(document: string, content: DocumentContent): DocumentFigures {
  const cover = new Uint8Array(content.source.length)
  for (const { spans } of [...content.paragraphs, ...content.furniture]) {
    for (const [start, end] of spans) for (let at = start; at < end; at++) cover[at] = (cover[at] ?? 0) + 1
  }
  let unplaced = 0
  for (let at = 0; at < cover.length; at++) {
    const isSpace = /\s/.test(content.source[at] ?? '')
    if ((cover[at] ?? 0) > 1 || (!isSpace && cover[at] !== 1)) unplaced++
  }
  const lengths = content.paragraphs
    .filter(paragraph => paragraph.kind !== 'heading')
    .map(paragraph => paragraph.text.length)
    .sort((a, b) => a - b)
  const at = (share: number): number =>
    lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * share))] ?? 0
  return {
    document,
    paragraphs: content.paragraphs.length,
    medianLength: at(0.5),
    lengthP95: at(0.95),
    longest: at(1),
    unplaced,
    spansWrong: content.paragraphs.filter(
      paragraph => textOf(content.source, paragraph.spans) !== paragraph.text,
    ).length,
  }
}

/** Reads the seeds and scores them against the marked paragraphs. */
export async function evaluateParagraphs(): Promise<ParagraphReport> {
  const gold = parseGold(readFileSync(GOLD, 'utf8'))
  const names = [...new Set(gold.map(marked => marked.document))].sort()
  const contents = new Map<string, DocumentContent>()
  for (const name of names) {
    const bytes = readFileSync(path.join(SEEDS, name))
    const { content } = await readDocument(bytes, { documentId: name.replace(/\.\w+$/, ''), fileName: name })
    contents.set(name, content)
  }
  const scores = scoreParagraphs(
    gold,
    new Map([...contents].map(([name, content]) => [name, content.paragraphs])),
  )
  return {
    scores,
    exact: scores.filter(isExact).length / scores.length,
    exactWithStructure: scores.filter(score => score.faults.length === 0).length / scores.length,
    documents: [...contents].map(([name, content]) => documentFigures(name, content)),
  }
}

/** The report as text for the terminal. */
function formatReport(report: ParagraphReport): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
  const columns = ['document', 'paragraphs', 'median', 'p95', 'longest', 'unplaced', 'spans wrong']
  const rows = report.documents.map(figures =>
    [
      figures.document,
      figures.paragraphs,
      figures.medianLength,
      figures.lengthP95,
      figures.longest,
      figures.unplaced,
      figures.spansWrong,
    ].map(String),
  )
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...rows.map(row => row[index]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0)))
      .join('  ')
  const wrong = report.scores
    .filter(score => score.faults.length > 0)
    .map(score => {
      const found =
        score.found === null ? 'not found' : `${score.found.slice(0, 60)} … ${score.found.slice(-40)}`
      return `${score.gold.document}: "${score.gold.first}": ${score.faults.join(', ')} (${found})`
    })
  return [
    `${report.scores.length} marked paragraphs: ${percent(report.exact)} exact, ${percent(report.exactWithStructure)} with label, kind and introduction`,
    ...wrong,
    '',
    line(columns),
    ...rows.map(line),
  ].join('\n')
}

/** `npm run evals -- paragraphs`: prints the report; 0 when at least 98 % is exact and nothing is unplaced, otherwise 1. */
export async function runParagraphs(_arguments: readonly string[]): Promise<number> {
  const report = await evaluateParagraphs()
  console.log(formatReport(report))
  const isWhole = report.documents.every(figures => figures.unplaced === 0 && figures.spansWrong === 0)
  return report.exact >= TARGET && isWhole ? 0 : 1
}
