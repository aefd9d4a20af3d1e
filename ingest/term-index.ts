/**
 * What a search knows of a corpus: the vocabulary, the terms of every text in reading order, and where each term occurs.
 * Built document by document, joined for the corpus, opened without copying.
 */
import { openSections, packSections } from './sections.js'

/** Stands between the clauses of a text. */
export const CLAUSE_END = 0xffffffff

/** The kinds of texts that are kept, each numbered from 0 in reading order. */
const FIELDS = ['paragraph', 'heading', 'title', 'extra', 'quote', 'question'] as const
/**
 * `paragraph`: a paragraph's text; `heading`: a heading path, once for all paragraphs under it; `title`: what is known of
 * a document; `extra`: summary and keywords of a paragraph's enrichment; `quote`: a statement; `question`: a question.
 */
export type Field = (typeof FIELDS)[number]

/** A term to add. */
export interface IndexTerm {
  readonly term: string
  /** Stems of the parts when the term is a compound, else empty. */
  readonly parts: readonly string[]
}

/** Term numbers of many texts, one after the other. */
class Sequences {
  readonly #starts: number[] = [0]
  #terms = new Uint32Array(1 << 10)
  #size = 0

  push(term: number): void {
    if (this.#size === this.#terms.length) {
      const larger = new Uint32Array(this.#size * 2)
      larger.set(this.#terms)
      this.#terms = larger
    }
    this.#terms[this.#size++] = term
  }

  endText(): void {
    this.#starts.push(this.#size)
  }

  get count(): number {
    return this.#starts.length - 1
  }

  finish(): TextTerms {
    return new TextTerms(Uint32Array.from(this.#starts), this.#terms.slice(0, this.#size))
  }
}

/** The terms of the texts of one field, in reading order. */
export class TextTerms {
  /** Where each text starts in `terms`, and the end of the last. */
  readonly starts: Uint32Array
  readonly terms: Uint32Array

  constructor(starts: Uint32Array, terms: Uint32Array) {
    this.starts = starts
    this.terms = terms
  }

  /** Number of texts. */
  get count(): number {
    return this.starts.length - 1
  }
}

/** Where terms occur: for each term the owners (paragraphs or headings) that hold it, in order, with its frequency there. */
export interface Postings {
  readonly starts: Uint32Array
  readonly owners: Uint32Array
  /** At most 255. */
  readonly frequencies: Uint8Array
}

/** Counts, for every owner, its terms. Owners must come in ascending order. */
function buildPostings(
  termCount: number,
  each: (add: (owner: number, term: number) => void) => void,
): Postings {
  const counts = new Uint32Array(termCount + 1)
  const lastOwner = new Uint32Array(termCount).fill(CLAUSE_END)
  each((owner, term) => {
    if (term === CLAUSE_END || lastOwner[term] === owner) return
    lastOwner[term] = owner
    counts[term + 1] = (counts[term + 1] as number) + 1
  })
  for (let term = 0; term < termCount; term++)
    counts[term + 1] = (counts[term + 1] as number) + (counts[term] as number)
  const size = counts[termCount] as number
  const owners = new Uint32Array(size)
  const frequencies = new Uint8Array(size)
  const cursor = counts.slice()
  lastOwner.fill(CLAUSE_END)
  each((owner, term) => {
    if (term === CLAUSE_END) return
    if (lastOwner[term] === owner) {
      const at = (cursor[term] as number) - 1
      frequencies[at] = Math.min(255, (frequencies[at] as number) + 1)
      return
    }
    lastOwner[term] = owner
    const at = cursor[term] as number
    owners[at] = owner
    frequencies[at] = 1
    cursor[term] = at + 1
  })
  return { starts: counts, owners, frequencies }
}

/** Collects documents, paragraph by paragraph. */
export class TermIndexBuilder {
  readonly #termIds = new Map<string, number>()
  readonly #parts: string[] = []
  readonly #sequences = Object.fromEntries(FIELDS.map(field => [field, new Sequences()])) as Record<
    Field,
    Sequences
  >
  readonly #headingOf: number[] = []
  readonly #statementsBefore: number[] = [0]
  readonly #statementOf: number[] = []
  readonly #kinds: number[] = []
  readonly #parents: number[] = []
  readonly #paragraphsPerDocument: number[] = []
  readonly #aliases: string[] = []

  #idOf({ term, parts }: IndexTerm): number {
    let id = this.#termIds.get(term)
    if (id === undefined) {
      id = this.#termIds.size
      this.#termIds.set(term, id)
      this.#parts.push(parts.join('+'))
    }
    return id
  }

  /** Adds a text as clauses of terms, and returns its number within the field. */
  add(field: Field, clauses: readonly (readonly IndexTerm[])[]): number {
    const sequences = this.#sequences[field]
    for (const [at, clause] of clauses.entries()) {
      if (at > 0) sequences.push(CLAUSE_END)
      for (const term of clause) sequences.push(this.#idOf(term))
    }
    sequences.endText()
    return sequences.count - 1
  }

  /** Tells what belongs to the paragraph that was added last. */
  describeParagraph(facts: { heading: number; kind: number; parent: number | null }): void {
    this.#headingOf.push(facts.heading)
    this.#kinds.push(facts.kind)
    this.#parents.push(facts.parent ?? CLAUSE_END)
  }

  /** Ends the statements of the paragraph that was added last. */
  endParagraph(): void {
    this.#statementsBefore.push(this.#sequences.quote.count)
  }

  /** Tells that the question added last belongs to the statement added last. */
  endQuestion(): void {
    this.#statementOf.push(this.#sequences.quote.count - 1)
  }

  /** Tells that two terms name one thing in this corpus: an acronym and its long form. */
  addAlias(acronym: string, longForm: readonly string[]): void {
    const line = `${acronym}\t${longForm.join(' ')}`
    if (!this.#aliases.includes(line)) this.#aliases.push(line)
  }

  /** Ends the paragraphs of a document. */
  endDocument(): void {
    const before = this.#paragraphsPerDocument.reduce((sum, count) => sum + count, 0)
    this.#paragraphsPerDocument.push(this.#headingOf.length - before)
  }

  /** The index of everything added. The builder is spent afterwards. */
  finish(): TermIndex {
    return TermIndex.make({
      terms: [...this.#termIds.keys()],
      parts: this.#parts,
      aliases: this.#aliases,
      texts: Object.fromEntries(FIELDS.map(field => [field, this.#sequences[field].finish()])) as Record<
        Field,
        TextTerms
      >,
      headingOf: Uint32Array.from(this.#headingOf),
      statementsBefore: Uint32Array.from(this.#statementsBefore),
      statementOf: Uint32Array.from(this.#statementOf),
      kinds: Uint8Array.from(this.#kinds),
      parents: Uint32Array.from(this.#parents),
      paragraphsPerDocument: Uint32Array.from(this.#paragraphsPerDocument),
    })
  }
}

/** What is stored; postings are derived from it. */
interface Content {
  readonly terms: readonly string[]
  /** Parts of each term joined by "+"; empty when it is no compound. */
  readonly parts: readonly string[]
  /** Acronym, tab, long form. */
  readonly aliases: readonly string[]
  readonly texts: Readonly<Record<Field, TextTerms>>
  /** Number of each paragraph's heading path. */
  readonly headingOf: Uint32Array
  /** Number of statements before each paragraph's, and of all. */
  readonly statementsBefore: Uint32Array
  /** Statement of each question. */
  readonly statementOf: Uint32Array
  /** Kind of each paragraph, by its position in `PARAGRAPH_KINDS`. */
  readonly kinds: Uint8Array
  /** Position of each paragraph's introduction; `CLAUSE_END` without one. */
  readonly parents: Uint32Array
  readonly paragraphsPerDocument: Uint32Array
}

/** A searchable corpus of terms. */
export class TermIndex implements Content {
  readonly terms: readonly string[]
  readonly parts: readonly string[]
  readonly aliases: readonly string[]
  readonly texts: Readonly<Record<Field, TextTerms>>
  readonly headingOf: Uint32Array
  readonly statementsBefore: Uint32Array
  readonly statementOf: Uint32Array
  readonly kinds: Uint8Array
  readonly parents: Uint32Array
  readonly paragraphsPerDocument: Uint32Array
  /** Paragraphs by the terms of their text. */
  readonly byText: Postings
  /** Heading paths by their terms. */
  readonly byHeading: Postings
  /** Paragraphs by the terms of their enrichment. */
  readonly byEnrichment: Postings

  private constructor(
    content: Content,
    postings: { byText: Postings; byHeading: Postings; byEnrichment: Postings },
  ) {
    this.terms = content.terms
    this.parts = content.parts
    this.aliases = content.aliases
    this.texts = content.texts
    this.headingOf = content.headingOf
    this.statementsBefore = content.statementsBefore
    this.statementOf = content.statementOf
    this.kinds = content.kinds
    this.parents = content.parents
    this.paragraphsPerDocument = content.paragraphsPerDocument
    this.byText = postings.byText
    this.byHeading = postings.byHeading
    this.byEnrichment = postings.byEnrichment
  }

  /** Derives the postings. */
  static make(content: Content): TermIndex {
    const { terms, texts, statementsBefore, statementOf } = content
    const addText = (
      field: Field,
      text: number,
      owner: number,
      add: (owner: number, term: number) => void,
    ) => {
      const { starts, terms: sequence } = texts[field]
      for (let at = starts[text] as number; at < (starts[text + 1] as number); at++)
        add(owner, sequence[at] as number)
    }
    const paragraphs = content.headingOf.length
    return new TermIndex(content, {
      byText: buildPostings(terms.length, add => {
        for (let paragraph = 0; paragraph < paragraphs; paragraph++)
          addText('paragraph', paragraph, paragraph, add)
      }),
      byHeading: buildPostings(terms.length, add => {
        for (let heading = 0; heading < texts.heading.count; heading++)
          addText('heading', heading, heading, add)
      }),
      byEnrichment: buildPostings(terms.length, add => {
        let question = 0
        for (let paragraph = 0; paragraph < paragraphs; paragraph++) {
          addText('extra', paragraph, paragraph, add)
          const end = statementsBefore[paragraph + 1] as number
          for (; question < statementOf.length && (statementOf[question] as number) < end; question++)
            addText('question', question, paragraph, add)
        }
      }),
    })
  }

  /** Number of paragraphs. */
  get paragraphCount(): number {
    return this.headingOf.length
  }

  /**
   * Joins indexes whose documents follow each other: the same as one index built from all of them.
   *
   * @param parts gives the indexes in order; called more than once, so that they need not be in memory together
   */
  static join(parts: () => Iterable<TermIndex>): TermIndex {
    const termIds = new Map<string, number>()
    const compounds: string[] = []
    const aliases = new Set<string>()
    const counts = Object.fromEntries(FIELDS.map(field => [field, { texts: 0, terms: 0 }])) as Record<
      Field,
      { texts: number; terms: number }
    >
    let [paragraphs, questions, documents] = [0, 0, 0]
    for (const part of parts()) {
      for (const [local, term] of part.terms.entries()) {
        if (termIds.has(term)) continue
        termIds.set(term, termIds.size)
        compounds.push(part.parts[local] as string)
      }
      for (const alias of part.aliases) aliases.add(alias)
      for (const field of FIELDS) {
        counts[field].texts += part.texts[field].count
        counts[field].terms += part.texts[field].terms.length
      }
      paragraphs += part.paragraphCount
      questions += part.statementOf.length
      documents += part.paragraphsPerDocument.length
    }
    const texts = Object.fromEntries(
      FIELDS.map(field => [
        field,
        new TextTerms(new Uint32Array(counts[field].texts + 1), new Uint32Array(counts[field].terms)),
      ]),
    ) as Record<Field, TextTerms>
    const whole = {
      terms: [...termIds.keys()],
      parts: compounds,
      aliases: [...aliases],
      texts,
      headingOf: new Uint32Array(paragraphs),
      statementsBefore: new Uint32Array(paragraphs + 1),
      statementOf: new Uint32Array(questions),
      kinds: new Uint8Array(paragraphs),
      parents: new Uint32Array(paragraphs),
      paragraphsPerDocument: new Uint32Array(documents),
    }
    const done = Object.fromEntries(FIELDS.map(field => [field, { texts: 0, terms: 0 }])) as typeof counts
    ;[paragraphs, questions, documents] = [0, 0, 0]
    for (const part of parts()) {
      whole.headingOf.set(
        part.headingOf.map(heading => heading + done.heading.texts),
        paragraphs,
      )
      whole.statementsBefore.set(
        part.statementsBefore.map(count => count + done.quote.texts),
        paragraphs,
      )
      whole.statementOf.set(
        part.statementOf.map(statement => statement + done.quote.texts),
        questions,
      )
      whole.kinds.set(part.kinds, paragraphs)
      const before = paragraphs
      whole.parents.set(
        part.parents.map(parent => (parent === CLAUSE_END ? parent : parent + before)),
        paragraphs,
      )
      whole.paragraphsPerDocument.set(part.paragraphsPerDocument, documents)
      const renumber = Uint32Array.from(part.terms, term => termIds.get(term) as number)
      for (const field of FIELDS) {
        const { starts, terms } = part.texts[field]
        const at = done[field]
        texts[field].starts.set(
          starts.map(start => start + at.terms),
          at.texts,
        )
        const target = texts[field].terms
        for (let position = 0; position < terms.length; position++) {
          const term = terms[position] as number
          target[at.terms + position] = term === CLAUSE_END ? term : (renumber[term] as number)
        }
        at.texts += part.texts[field].count
        at.terms += terms.length
      }
      paragraphs += part.paragraphCount
      questions += part.statementOf.length
      documents += part.paragraphsPerDocument.length
    }
    return TermIndex.make(whole)
  }

  /** Writes the index into one buffer that `fromBuffer` opens. */
  toBuffer(): Buffer {
    const postings = { text: this.byText, heading: this.byHeading, enrichment: this.byEnrichment }
    return packSections({
      terms: this.terms,
      parts: this.parts,
      aliases: this.aliases,
      ...Object.fromEntries(
        FIELDS.flatMap(field => [
          [`${field}.starts`, this.texts[field].starts],
          [`${field}.terms`, this.texts[field].terms],
        ]),
      ),
      headingOf: this.headingOf,
      statementsBefore: this.statementsBefore,
      statementOf: this.statementOf,
      kinds: this.kinds,
      parents: this.parents,
      paragraphsPerDocument: this.paragraphsPerDocument,
      ...Object.fromEntries(
        Object.entries(postings).flatMap(([name, { starts, owners, frequencies }]) => [
          [`by.${name}.starts`, starts],
          [`by.${name}.owners`, owners],
          [`by.${name}.frequencies`, frequencies],
        ]),
      ),
    })
  }

  /** Opens what `toBuffer` wrote. The buffer must have been checked: nothing is validated here. */
  static fromBuffer(stored: Buffer): TermIndex {
    const sections = openSections(stored)
    const postings = (name: string): Postings => ({
      starts: sections.u32(`by.${name}.starts`),
      owners: sections.u32(`by.${name}.owners`),
      frequencies: sections.u8(`by.${name}.frequencies`),
    })
    return new TermIndex(
      {
        terms: sections.text('terms'),
        parts: sections.text('parts'),
        aliases: sections.text('aliases'),
        texts: Object.fromEntries(
          FIELDS.map(field => [
            field,
            new TextTerms(sections.u32(`${field}.starts`), sections.u32(`${field}.terms`)),
          ]),
        ) as Record<Field, TextTerms>,
        headingOf: sections.u32('headingOf'),
        statementsBefore: sections.u32('statementsBefore'),
        statementOf: sections.u32('statementOf'),
        kinds: sections.u8('kinds'),
        parents: sections.u32('parents'),
        paragraphsPerDocument: sections.u32('paragraphsPerDocument'),
      },
      { byText: postings('text'), byHeading: postings('heading'), byEnrichment: postings('enrichment') },
    )
  }
}
