/** Does a sentence say the opposite of its source, or more than it? Negation, opposites, quantifiers, obligation. */
import type { Comparison, Conflict } from './comparison.js'
import { addedNegations, exchangedDenials, lostNegations } from './negation.js'
import { findOpposites } from './opposites.js'
import { findOverclaims } from './strong-claims.js'
import { findDone, inventedChanges } from './told-as-done.js'
import { turnedComparison } from './turned-comparison.js'

/** What speaks against a sentence. */
export interface Objections {
  /** What it gets wrong. */
  readonly conflicts: readonly Conflict[]
  /** Number of words with which it claims more than its source says, where the source does not say otherwise. */
  readonly doubts: number
}

/** Everything that speaks against a sentence in the part of its source that it is aligned with. */
export function findConflicts(comparison: Comparison): Objections {
  const { conflicts, doubts } = findOverclaims(comparison)
  const turned = turnedComparison(comparison)
  const turnedWord = comparison.sentence[turned?.at ?? -1]?.text ?? ''
  return {
    conflicts: [
      ...addedNegations(comparison),
      ...lostNegations(comparison),
      ...exchangedDenials(comparison),
      ...findOpposites(comparison, turned?.agrees ? turned.at : -1),
      ...(turned && !turned.agrees ? [{ kind: 'opposite' as const, text: turnedWord }] : []),
      ...inventedChanges(comparison),
      ...conflicts,
      ...findDone(comparison),
    ],
    doubts,
  }
}
