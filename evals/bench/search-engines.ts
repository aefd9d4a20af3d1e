/** The searches that are measured beside each other, behind one interface: our own and its peers. */
import { PGlite } from '@electric-sql/pglite'
import { create, insertMultiple, search as searchOrama } from '@orama/orama'
import { stemmer } from '@orama/stemmers/dutch'
import MiniSearch from 'minisearch'

/** A paragraph as every engine gets it. */
export interface SearchableText {
  readonly id: string
  /** Title of the document. */
  readonly title: string
  /** Headings above the paragraph. */
  readonly headings: string
  readonly text: string
}

/** A search that was given all paragraphs. */
export interface SearchEngine {
  readonly name: string
  /** Ids of the best paragraphs, best first. */
  search(question: string, limit: number): Promise<readonly string[]>
  close(): Promise<void>
}

const FIELDS = ['title', 'headings', 'text']

/** MiniSearch as its documentation recommends it for typing errors: prefix search and fuzziness 0.2. */
export async function openMiniSearch(
  texts: readonly SearchableText[],
  fuzzy: boolean,
): Promise<SearchEngine> {
  const index = new MiniSearch<SearchableText>({ fields: FIELDS })
  index.addAll(texts)
  const options = fuzzy ? { prefix: true, fuzzy: 0.2 } : {}
  return {
    name: fuzzy ? 'MiniSearch, fuzzy and prefix' : 'MiniSearch',
    search: async (question, limit) =>
      index
        .search(question, options)
        .slice(0, limit)
        .map(hit => String(hit.id)),
    close: async () => {},
  }
}

/** Orama with its Dutch stemmer. */
export async function openOrama(texts: readonly SearchableText[]): Promise<SearchEngine> {
  const database = create({
    schema: { title: 'string', headings: 'string', text: 'string' },
    components: { tokenizer: { language: 'dutch', stemming: true, stemmer } },
  })
  await insertMultiple(database, [...texts], 1_000)
  return {
    name: 'Orama, Dutch stemmer',
    search: async (question, limit) => {
      const { hits } = await searchOrama(database, { term: question, limit })
      return hits.map(hit => String(hit.id))
    },
    close: async () => {},
  }
}

/**
 * PostgreSQL's Dutch full-text search. The words of the question are joined by "or": joined by "and", as
 * `plainto_tsquery` does, a question in a whole sentence finds nothing.
 */
export async function openPostgres(texts: readonly SearchableText[]): Promise<SearchEngine> {
  const database = await PGlite.create()
  await database.exec(
    `CREATE TABLE paragraphs (id text PRIMARY KEY, body tsvector);
     CREATE INDEX ON paragraphs USING gin (body);`,
  )
  const batch = 500
  for (let start = 0; start < texts.length; start += batch) {
    const rows = texts.slice(start, start + batch)
    await database.query(
      `INSERT INTO paragraphs
       SELECT row->>'id',
         setweight(to_tsvector('dutch', row->>'title'), 'C') ||
         setweight(to_tsvector('dutch', row->>'headings'), 'B') ||
         setweight(to_tsvector('dutch', row->>'text'), 'A')
       FROM jsonb_array_elements($1::jsonb) AS row`,
      [JSON.stringify(rows)],
    )
  }
  return {
    name: 'PostgreSQL Dutch full text',
    search: async (question, limit) => {
      const { rows } = await database.query<{ id: string }>(
        `SELECT id FROM paragraphs,
           (SELECT replace(plainto_tsquery('dutch', $1)::text, '&', '|')::tsquery AS words) AS question
         WHERE body @@ words ORDER BY ts_rank(body, words, 1) DESC, id LIMIT $2`,
        [question, limit],
      )
      return rows.map(row => row.id)
    },
    close: () => database.close(),
  }
}
