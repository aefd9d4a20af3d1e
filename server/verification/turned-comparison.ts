/** Does a sentence compare two things the other way round than its source? */
import type { Comparison } from './comparison.js'
import type { Lexeme } from './lexemes.js'
import { sidesOf } from './opposites.js'

/** Words that put what stands before them above what follows. */
const ABOVE = new Set(
  'overtreft overtreffen overtrof overstijgt overstijgen overschrijdt overschrijden'.split(' '),
)
/** Comparatives that end in no "er". */
const COMPARATIVES = new Set('meer minder beter eerder liever'.split(' '))
/** Comparatives that put what they compare below. */
const BELOW = new Set('minder kleiner lager korter zwakker slechter lichter smaller geringer'.split(' '))

interface ComparisonCue {
  /** Half-open range of the words between the two sides. */
  readonly from: number
  readonly to: number
  /** Whether what stands first is the less of the two. */
  readonly below: boolean
}

/** Words from a comparative to past its "dan": "meer slagkracht te opereren dan". */
const LONGEST_MIDDLE = 6

/** "groter dan", "overtreft", "voorrang boven": the first comparison in a range of words. */
function comparisonIn(words: readonly Lexeme[], from: number, to: number): ComparisonCue | undefined {
  for (let at = from; at < to; at++) {
    const { folded } = words[at] as Lexeme
    if (ABOVE.has(folded)) return { from: at, to: at + 1, below: false }
    if (/^(?:voorrang|prioriteit)$/.test(folded) && words[at + 1]?.folded === 'boven')
      return { from: at, to: at + 2, below: false }
    if (!COMPARATIVES.has(folded) && !(folded.length > 4 && folded.endsWith('er'))) continue
    for (let than = at + 1; than < Math.min(to, at + LONGEST_MIDDLE); than++)
      if (words[than]?.folded === 'dan') return { from: at, to: than + 1, below: BELOW.has(folded) }
  }
  return undefined
}

/** Least weight that has to stand on the wrong side of a comparison on both sides. */
const LEAST_TURNED = 0.5

/** A comparison of which the sides are exchanged. */
export interface TurnedComparison {
  /** Position in the sentence of the word that compares. */
  readonly at: number
  /** Whether the word that compares is turned too, so that both say the same: "duurder" and "goedkoper". */
  readonly agrees: boolean
}

/** A comparison whose two sides stand the other way round in the source; `undefined` when there is none. */
export function turnedComparison({
  sentence,
  source,
  meets,
  ranges,
  from,
  to,
}: Comparison): TurnedComparison | undefined {
  const said = comparisonIn(sentence, 0, sentence.length)
  if (!said) return undefined
  for (const range of ranges) {
    if (range.to <= from || range.from >= to) continue
    const told = comparisonIn(source, range.from, range.to)
    if (!told) continue
    /** Weight of a side of the sentence that stands only before, less what stands only after the source's comparison. */
    const before = (start: number, end: number) => {
      let sum = 0
      for (let at = start; at < end; at++) {
        const places = (meets[at] ?? []).filter(place => place >= range.from && place < range.to)
        const isBefore = places.some(place => place < told.from)
        const isAfter = places.some(place => place >= told.to)
        if (isBefore !== isAfter) sum += (sentence[at] as Lexeme).weight * (isBefore ? 1 : -1)
      }
      return sum
    }
    if (before(0, said.from) > -LEAST_TURNED || before(said.to, sentence.length) < LEAST_TURNED) continue
    const toldStem = (source[told.from] as Lexeme).stem
    const isOpposed = sidesOf(sentence[said.from] as Lexeme).some(({ other }) => other.has(toldStem))
    return { at: said.from, agrees: isOpposed || said.below !== told.below }
  }
  return undefined
}
