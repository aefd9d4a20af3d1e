/** Dutch compounds: "verblijfsvergunning" is "verblijf" and "vergunning". */
import { stem } from './stemming.js'
import { wordKind } from './word-table.js'

/** Shortest part; shorter ones split words at random places. */
const LEAST_PART = 4
/** Three-letter words that are parts all the same. */
const SHORT_PARTS = new Set(
  'wet eis weg dag uur eer zee lid land vis bos rug arm hof fee kas kap vak wijs bij'.split(' '),
)
/** Suffixes and prepositions: frequent, but never a part by themselves. */
const NO_PART = new Set(
  (
    'schap schappen heid heden ling lingen loos lijk baar achtig aald over onder voor door uit met naar terug samen buiten ' +
    'binnen tegen aan achter tussen naast zonder rond toen werking vorming nam kom dan deze daar hier waar mede niet geen ' +
    'isch ische atie aties eren ende ster sters naar alle elke haar zijn worden heeft hebben ieder noch maar want'
  ).split(' '),
)
/** What one more part costs, in doublings of the frequency: of two splits the one with fewer parts is the likelier. */
const PART_COST = 1.5
/** What may stand between two parts. */
const LINKS = ['', 's', 'e', 'en', 'n']

/** A part as a stem with the frequency of the table. */
interface Split {
  readonly parts: readonly string[]
  /** Sum of the parts' frequencies (logarithms), so that the mean is the logarithm of their geometric mean. */
  readonly sum: number
}

const cache = new Map<string, readonly string[]>()
const CACHE_SIZE = 200_000

/**
 * The stems of the parts of a folded word, in order; the word's own stem alone when it is no compound.
 *
 * Koehn and Knight ("Empirical Methods for Compound Splitting", EACL 2003): among all splits into known words the one
 * with the highest geometric mean of their frequencies, if that is above the frequency of the whole.
 */
export function splitCompound(word: string): readonly string[] {
  const known = cache.get(word)
  if (known) return known
  const parts = computeParts(word)
  if (cache.size >= CACHE_SIZE) cache.clear()
  cache.set(word, parts)
  return parts
}

function computeParts(word: string): readonly string[] {
  const whole = stem(word)
  if (word.length < 2 * LEAST_PART - 1 || !/^\p{L}+$/u.test(word)) return [whole]
  const best = bestSplit(word, new Map(), true)
  if (!best || best.parts.length < 2) return [whole]
  const wholeFrequency = wordKind(whole)?.frequency ?? 0
  return quality(best) > wholeFrequency ? best.parts : [whole]
}

function quality({ parts, sum }: Split): number {
  return sum / parts.length - PART_COST * (parts.length - 1)
}

function part(text: string): { stem: string; frequency: number } | undefined {
  if ((text.length < LEAST_PART && !SHORT_PARTS.has(text)) || NO_PART.has(text)) return undefined
  const stemmed = stem(text)
  const kind = wordKind(stemmed)
  return kind && kind.frequency > 0 ? { stem: stemmed, frequency: kind.frequency } : undefined
}

function bestSplit(
  text: string,
  memory: Map<string, Split | undefined>,
  outermost: boolean,
): Split | undefined {
  if (memory.has(text)) return memory.get(text)
  let best: Split | undefined
  if (!outermost) {
    const whole = part(text)
    if (whole) best = { parts: [whole.stem], sum: whole.frequency }
  }
  for (let at = 3; at <= text.length - 3; at++) {
    for (const link of LINKS) {
      if (!text.slice(0, at).endsWith(link)) continue
      const left = part(text.slice(0, at - link.length))
      if (!left) continue
      const right = bestSplit(text.slice(at), memory, false)
      if (!right) continue
      const split = { parts: [left.stem, ...right.parts], sum: left.frequency + right.sum }
      if (!best || quality(split) > quality(best)) best = split
    }
  }
  memory.set(text, best)
  return best
}
