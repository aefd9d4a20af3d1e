import type { Token } from '../../ingest/analysis.js'
import type { QueryWord } from '../../ingest/query-units.js'

/** The words of a text as words of a question, all of full weight. */
export const queryWords = (words: readonly Token[]): QueryWord[] =>
  words.map(token => ({ ...token, weight: 1 }))
