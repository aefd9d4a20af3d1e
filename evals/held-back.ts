/**
 * Questions of the enrichment as examples: some are held back from the index and stay answerable, others lose their
 * paragraph and are answerable no longer, though all their words are those of the corpus.
 */
import { CorpusStore, type IndexableDocument } from '../ingest/corpus-store.js'
import { buildSearchFiles, ParagraphSearch } from '../ingest/search.js'
import { fnv1a } from '../ingest/text-hash.js'
import { type Collection, exactVectors, type TrainingQuestion } from './train-collections.js'

/** One of so many questions of a paragraph that stays is held back. */
const HELD_BACK_OF = 5

/** A number that is always the same for the same text, its high bits mixed into the low ones that a remainder looks at. */
function hash(text: string): number {
  const value = fnv1a(text)
  return (value ^ (value >>> 13)) >>> 0
}

/**
 * Collections over the same documents, each without some of the paragraphs and questions, that are asked for both. Each
 * paragraph is taken away once.
 *
 * @param folds number of parts that the paragraphs are divided into
 * @param count most questions of each kind, answerable and not, of one fold
 * @param enrichment whether the index keeps the other questions
 */
export async function* holdBack(
  documents: readonly IndexableDocument[],
  { folds, count, enrichment }: { folds: number; count: number; enrichment: boolean },
): AsyncGenerator<Collection> {
  for (let fold = 0; fold < folds; fold++) {
    const [answerable, unanswerable]: [TrainingQuestion[], TrainingQuestion[]] = [[], []]
    const isGone = (paragraphId: string) => hash(paragraphId) % folds === fold
    const isHeldBack = (question: string) => hash(`${question}|`) % HELD_BACK_OF === fold % HELD_BACK_OF
    for (const { document, enrichment: paragraphs } of documents)
      for (const { paragraphId, statements } of paragraphs)
        for (const question of statements.flatMap(({ questions }) => questions)) {
          const asked = { id: question, turns: [question], group: document.file, kind: 'held back' }
          if (isGone(paragraphId)) unanswerable.push({ ...asked, right: new Set() })
          else if (isHeldBack(question)) answerable.push({ ...asked, right: new Set([paragraphId]) })
        }
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
    const draw = (questions: readonly TrainingQuestion[]) =>
      [...questions].sort((one, other) => hash(one.id) - hash(other.id)).slice(0, count)
    yield { name: 'held back', corpus, search, questions: [...draw(answerable), ...draw(unanswerable)] }
  }
}
