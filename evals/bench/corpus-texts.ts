/** The paragraphs and questions of the measurements beside peers: the same for every engine. */
import type { Assistant } from '../../server/assistant.js'
import { caseFiles, type LocatedCase, readCases } from '../case.js'
import { CASES_FOLDER } from '../commands/folders.js'
import { type ResolvedCase, resolveCases, type Target } from '../gold.js'
import { hitAt, reciprocalRank } from '../metrics/ranking.js'
import { type Estimate, estimate, percentile } from '../statistics.js'
import type { SearchableText, SearchEngine } from './search-engines.js'

/** Every paragraph of the assistant's index with its title and headings. */
export async function corpusTexts(
  assistant: Pick<Assistant, 'documents' | 'document'>,
): Promise<SearchableText[]> {
  const texts: SearchableText[] = []
  for (const { id, title } of await assistant.documents()) {
    const found = await assistant.document(id)
    for (const paragraph of found?.content.paragraphs ?? [])
      texts.push({
        id: paragraph.id,
        title,
        headings: paragraph.headingPath.join(' '),
        text: paragraph.searchText,
      })
  }
  return texts
}

/** The answerable questions about the documents as they are, resolved to paragraphs. */
export async function answerableCases(
  assistant: Pick<Assistant, 'documents' | 'document'>,
  files?: readonly string[],
): Promise<readonly ResolvedCase[]> {
  const cases = await readCases(files ?? (await caseFiles(CASES_FOLDER)))
  const wanted = cases.filter(item => item.expect === 'answer' && item.hiddenDocument === undefined)
  return (await resolveCases(wanted, assistant)).cases
}

/** What a plain search is asked: for a follow-up all turns together, since it has no memory. */
export function searchText({ question, turns }: LocatedCase): string {
  return question ?? turns?.join(' ') ?? ''
}

/** Figures of one engine over the cases. */
export interface EngineFigures {
  readonly name: string
  readonly recall1: Estimate
  readonly recall5: Estimate
  readonly recall10: Estimate
  readonly mrr10: Estimate
  /** Milliseconds for one question. */
  readonly p50: number
  readonly p95: number
}

/** Asks an engine every case. The first questions are asked twice, so that compiling the code is not measured. */
export async function measureEngine(
  engine: SearchEngine,
  cases: readonly ResolvedCase[],
): Promise<EngineFigures> {
  for (const { case: evalCase } of cases.slice(0, 20)) await engine.search(searchText(evalCase), 10)
  const rankings: boolean[][] = []
  const milliseconds: number[] = []
  for (const { case: evalCase, gold, alternatives } of cases) {
    const right = paragraphIds([...gold, ...alternatives])
    const started = performance.now()
    const found = await engine.search(searchText(evalCase), 10)
    milliseconds.push(performance.now() - started)
    rankings.push(found.map(id => right.has(id)))
  }
  return {
    name: engine.name,
    recall1: estimate(rankings.map(ranking => hitAt(ranking, 1))),
    recall5: estimate(rankings.map(ranking => hitAt(ranking, 5))),
    recall10: estimate(rankings.map(ranking => hitAt(ranking, 10))),
    mrr10: estimate(rankings.map(ranking => reciprocalRank(ranking, 10))),
    p50: percentile(milliseconds, 0.5) ?? 0,
    p95: percentile(milliseconds, 0.95) ?? 0,
  }
}

function paragraphIds(targets: readonly Target[]): ReadonlySet<string> {
  return new Set(targets.flatMap(target => target.places.map(place => place.paragraphId)))
}

/** The engines' figures as a table in Markdown. */
export function figuresTable(figures: readonly EngineFigures[]): string {
  const cell = ({ mean, low, high }: Estimate) =>
    mean === null
      ? '–'
      : `${(100 * mean).toFixed(1)}${low === null || high === null ? '' : ` (${(100 * low).toFixed(0)}–${(100 * high).toFixed(0)})`}`
  return [
    '| search | right paragraph first, % | among five, % | among ten, % | MRR@10, % | p50 ms | p95 ms |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...figures.map(
      row =>
        `| ${row.name} | ${cell(row.recall1)} | ${cell(row.recall5)} | ${cell(row.recall10)} | ${cell(row.mrr10)} | ${row.p50.toFixed(1)} | ${row.p95.toFixed(1)} |`,
    ),
  ].join('\n')
}
