/**
 * `npm run evals -- ablation [--write FILE]`: what each lever of the search brings, by leaving it out and fitting the weights
 * anew, cross-validated by document.
 */
import { FEATURES, type FeatureName } from '../../ingest/features.js'
import { LEVELS } from '../../ingest/query-units.js'
import { replaceTable } from '../replace-table.js'
import { collectSeeds, crossValidate, figuresOf, type Ranked, rankCollection } from '../train.js'
import type { Collection } from '../train-collections.js'
import { readArguments } from './arguments.js'

/** Features without which a lever does nothing. */
const FEATURE_LEVERS: readonly (readonly [name: string, features: readonly FeatureName[]])[] = [
  ['vectors', ['vector', 'questionVector']],
  ['letter 4-grams', ['grams']],
  ['headings and titles', ['heading', 'headingRare', 'title', 'rest', 'restClause', 'joint']],
  ['section, parent and neighbours', ['section', 'sectionUnion', 'parent', 'neighbours']],
  ['pairs of words', ['phrase', 'questionPhrase']],
  ['clauses', ['clause', 'restClause', 'answerClause']],
  ['asked form of answer', ['answer', 'answerClause']],
  ['documents named in the question', ['preferred', 'notPreferred']],
  ['nearest written question', ['question', 'questionForward', 'questionBackward', 'questionSecond']],
  [
    'statement with all its questions',
    ['statement', 'statementBm25', 'statementReverse', 'enriched', 'enrichedBm25'],
  ],
]

/** Levels that are 0 when a lever of the analysis is left out. */
const LEVEL_LEVERS: readonly (readonly [name: string, levels: readonly (keyof typeof LEVELS)[]])[] = [
  ['lexicon of everyday words', ['concept', 'conceptCompound']],
  ['near synonyms', ['synonym']],
  ['compounds', ['compoundHead', 'compoundModifier', 'parts']],
  ['derived words', ['derived']],
  ['nearly the same spelling', ['spelling']],
]

const percent = (share: number) => (100 * share).toFixed(1)

/** Right paragraph first and among five, each question ranked by weights fitted without its document. */
function figures(ranked: readonly Ranked[], without: readonly FeatureName[] = []): string[] {
  const mask = FEATURES.map(name => !without.includes(name))
  const { first, five } = figuresOf(crossValidate(ranked, ({ group }) => group, [], mask))
  return [percent(first), percent(five)]
}

/** Figures with some levels at 0; they are put back. */
async function figuresWithout(
  collections: readonly Collection[],
  levels: readonly (keyof typeof LEVELS)[],
): Promise<string[]> {
  const before = { ...LEVELS }
  for (const level of levels) LEVELS[level] = 0
  try {
    const found: string[] = []
    for (const collection of collections) found.push(...figures(await rankCollection(collection)))
    return found
  } finally {
    Object.assign(LEVELS, before)
  }
}

/** Runs the command; the exit code is 0. */
export async function runAblation(arguments_: readonly string[]): Promise<number> {
  const { values } = readArguments(arguments_, { write: { type: 'string' } })
  const collections = [await collectSeeds(true), await collectSeeds(false)]
  const ranked: Ranked[][] = []
  for (const collection of collections) ranked.push(await rankCollection(collection))
  const rows: string[][] = [['everything', ...ranked.flatMap(each => figures(each))]]
  for (const [name, features] of FEATURE_LEVERS)
    rows.push([`without ${name}`, ...ranked.flatMap(each => figures(each, features))])
  for (const [name, levels] of LEVEL_LEVERS)
    rows.push([`without ${name}`, ...(await figuresWithout(collections, levels))])
  const table = [
    '| | with enrichment: first | among five | without enrichment: first | among five |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows.map(cells => `| ${cells.join(' | ')} |`),
    '',
    `${ranked[0]?.length ?? 0} answerable cases over the seeds, percentages; weights fitted anew for each row and cross-validated by document.`,
    'The sets of case questions are small: differences below two points say little.',
  ].join('\n')
  console.log(table)
  if (values.write !== undefined) await replaceTable(values.write, 'ablation', table)
  return 0
}
