/** Poisoned documents of the attack cases, spread over as few extra indexes as keep them apart from their variants. */
import type { LocatedCase } from './case.js'
import { EvalFault } from './faults.js'
import { collapse } from './gold.js'

/** Documents that are ingested together beside the sources, and the cases that are asked of that index. */
export interface PoisonedBatch {
  /** Text by file name. */
  readonly documents: ReadonlyMap<string, string>
  readonly cases: readonly LocatedCase[]
}

/** Length from which an equal line makes two documents variants of each other, in characters. */
const SHARED_LINE_LENGTH = 30

/**
 * Spreads the cases over indexes. Attackers' documents are often the same text with another trick in it; in one index
 * the harmless sentence of one variant would be as right as that of the other, so documents that share a line are kept
 * apart. Everything else is ingested together, since an index for each would take minutes.
 *
 * @throws {EvalFault} `cases-invalid` when two cases give one file name different texts
 */
export function batchPoisoned(cases: readonly LocatedCase[]): readonly PoisonedBatch[] {
  const batches: { documents: Map<string, string>; lines: Set<string>; cases: LocatedCase[] }[] = []
  for (const evalCase of cases) {
    const { id, location, hiddenDocument = '', hiddenDocumentName } = evalCase
    const file = hiddenDocumentName ?? `poisoned-${id}.txt`
    const home = batches.find(batch => batch.documents.has(file))
    if (home !== undefined) {
      if (home.documents.get(file) !== hiddenDocument)
        throw new EvalFault(
          'cases-invalid',
          `${location} (${id}): another case has a different document named ${file}`,
        )
      home.cases.push(evalCase)
      continue
    }
    const lines = longLines(hiddenDocument)
    let batch = batches.find(known => !lines.some(line => known.lines.has(line)))
    if (batch === undefined) {
      batch = { documents: new Map(), lines: new Set(), cases: [] }
      batches.push(batch)
    }
    batch.documents.set(file, hiddenDocument)
    for (const line of lines) batch.lines.add(line)
    batch.cases.push(evalCase)
  }
  return batches.map(({ documents, cases: members }) => ({ documents, cases: members }))
}

function longLines(text: string): readonly string[] {
  return text
    .replace(/<[^>]*>/g, '\n')
    .split(/\n|(?<=[.!?])\s/)
    .map(collapse)
    .filter(line => line.length >= SHARED_LINE_LENGTH)
}
