/**
 * Questions of the enrichment as examples for refusing: some are held back from the index and stay answerable, others lose
 * their paragraph and are answerable no longer, though all their words are those of the corpus.
 */
import { CorpusStore, type IndexableDocument } from '../ingest/corpus-store.js'
import { buildSearchFiles, ParagraphSearch } from '../ingest/search.js'
import type { SearchableIndex } from '../server/retrieval.js'
import { exactVectors } from './train-collections.js'

/** An index that lacks some paragraphs and questions, with questions about both. */
export interface HeldBack {
  readonly index: SearchableIndex
  readonly questions: readonly { readonly question: string; readonly answerable: boolean }[]
}

/** One of so many questions of a paragraph that stays is held back. */
const HELD_BACK_OF = 5

/** A number that is always the same for the same text (32-bit FNV-1a). */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return (value ^ (value >>> 13)) >>> 0
}

/**
 * Takes each paragraph away once and asks for it then.
 *
 * @param folds number of parts that the paragraphs are divided into
 * @param count most questions of each kind, answerable and not, of one fold
 * @param enrichment whether the index keeps the other questions
 */
export async function* holdBack(
  documents: readonly IndexableDocument[],
  { folds, count, enrichment }: { folds: number; count: number; enrichment: boolean },
): AsyncGenerator<HeldBack> {
  for (let fold = 0; fold < folds; fold++) {
    const [answerable, unanswerable]: [string[], string[]] = [[], []]
    const isGone = (paragraphId: string) => hash(paragraphId) % folds === fold
    const isHeldBack = (question: string) => hash(`${question}|`) % HELD_BACK_OF === fold % HELD_BACK_OF
    for (const { paragraphId, statements } of documents.flatMap(document => document.enrichment))
      for (const question of statements.flatMap(({ questions }) => questions))
        if (isGone(paragraphId)) unanswerable.push(question)
        else if (isHeldBack(question)) answerable.push(question)
    const left = documents.map(
      ({ document, content, enrichment: paragraphs }): IndexableDocument => ({
        document,
        content: { ...content, paragraphs: content.paragraphs.filter(({ id }) => !isGone(id)) },
        enrichment: (enrichment ? paragraphs : [])
          .filter(({ paragraphId }) => !isGone(paragraphId))
          .map(paragraph => ({
            ...paragraph,
            statements: paragraph.statements.map(statement => ({
              ...statement,
              questions: statement.questions.filter(question => !isHeldBack(question)),
            })),
          })),
      }),
    )
    const corpus = CorpusStore.inMemory(left)
    const search = new ParagraphSearch(corpus, buildSearchFiles(left), await exactVectors(left))
    const draw = (questions: readonly string[], isAnswerable: boolean) =>
      [...questions]
        .sort((one, other) => hash(one) - hash(other))
        .slice(0, count)
        .map(question => ({ question, answerable: isAnswerable }))
    yield {
      index: {
        documents: async () => corpus.documents,
        search: query => search.search(query),
        hasEnrichment: search.hasEnrichment,
      },
      questions: [...draw(answerable, true), ...draw(unanswerable, false)],
    }
  }
}
