/** From documents to the terms of their texts: what is read, how it is cut into clauses, and which terms it gives. */
import { findAcronyms } from './acronyms.js'
import { findPhrases, type Token, tokens } from './analysis.js'
import { formsIn, formTerm } from './answer-forms.js'
import { splitCompound } from './compounds.js'
import { PARAGRAPH_KINDS, type ParagraphEnrichment, type PolicyDocument } from './corpus.js'
import type { IndexableDocument } from './corpus-store.js'
import { identifierTerms } from './identifiers.js'
import { type IndexTerm, type TermIndex, TermIndexBuilder } from './term-index.js'

/** Ends of clauses: a statement is seldom longer, and a question is seldom answered across one. */
const CLAUSE_BOUNDARY = /(?<=[.!?;:])\s+|\s+[–•-]\s+/u

const NO_PARTS: readonly string[] = []

function toTerm({ word, stem, stop: _ }: Token): IndexTerm {
  const parts = word.length < 7 ? NO_PARTS : splitCompound(word)
  return { term: stem, parts: parts.length > 1 ? parts : NO_PARTS }
}

/** Long forms of the acronyms of a document, by their first stem. */
type LongForms = ReadonlyMap<
  string,
  readonly { readonly acronym: string; readonly stems: readonly string[] }[]
>

/**
 * The terms of a text, clause by clause. Further terms are the lexicon's phrases, the acronyms it names in full, and official
 * numbers in one spelling, in the clause where they end.
 */
export function clausesOf(text: string, longForms?: LongForms): IndexTerm[][] {
  const clauses: IndexTerm[][] = []
  const numbers = identifierTerms(text)
  let end = 0
  for (const clause of text.split(CLAUSE_BOUNDARY)) {
    const start = end
    end = text.indexOf(clause, start) + clause.length
    const all = tokens(clause)
    const terms: IndexTerm[] = []
    for (const token of all) if (!token.stop) terms.push(toTerm(token))
    const stems = all.map(token => token.stem)
    for (const { term } of findPhrases(stems)) terms.push({ term, parts: NO_PARTS })
    if (longForms) {
      for (const [at, stem] of stems.entries()) {
        for (const { acronym, stems: wanted } of longForms.get(stem) ?? [])
          if (wanted.every((other, offset) => stems[at + offset] === other))
            terms.push({ term: acronym, parts: NO_PARTS })
      }
    }
    for (const number of numbers)
      if (number.end > start && number.end <= end)
        for (const term of number.terms) terms.push({ term, parts: NO_PARTS })
    if (terms.length === 0) continue
    for (const form of formsIn(clause)) terms.push({ term: formTerm(form), parts: NO_PARTS })
    clauses.push(terms)
  }
  return clauses
}

/** What is known of a document, as one text. */
export function documentText(document: PolicyDocument): string {
  const { title, aliases, institution, kind, documentNumber, date } = document
  return [title, ...aliases, institution, kind, documentNumber, date?.slice(0, 4)].filter(Boolean).join('. ')
}

function collectLongForms(builder: TermIndexBuilder, document: IndexableDocument): LongForms {
  const longForms = new Map<string, { acronym: string; stems: string[] }[]>()
  const text = document.content.paragraphs.map(paragraph => paragraph.searchText).join('\n. ')
  for (const { acronym, longForm } of findAcronyms(text)) {
    const stems = tokens(longForm).map(token => token.stem)
    const [short] = tokens(acronym)
    const [first] = stems
    if (!short || first === undefined) continue
    builder.addAlias(short.stem, stems)
    longForms.set(first, [...(longForms.get(first) ?? []), { acronym: short.stem, stems }])
  }
  return longForms
}

/** Reads documents into a term index of their own. */
export function indexTexts(documents: readonly IndexableDocument[]): TermIndex {
  const builder = new TermIndexBuilder()
  let before = 0
  for (const document of documents) {
    const longForms = collectLongForms(builder, document)
    const { paragraphs } = document.content
    const enrichment = new Map<string, ParagraphEnrichment>(
      document.enrichment.map(item => [item.paragraphId, item]),
    )
    const positions = new Map(paragraphs.map((paragraph, at) => [paragraph.id, before + at]))
    builder.add('title', clausesOf(documentText(document.document), longForms))
    const headings = new Map<string, number>()
    for (const paragraph of paragraphs) {
      builder.add('paragraph', clausesOf(`${paragraph.label ?? ''} ${paragraph.searchText}`, longForms))
      const path = paragraph.headingPath.join('\n')
      let heading = headings.get(path)
      if (heading === undefined) {
        heading = builder.add(
          'heading',
          paragraph.headingPath.flatMap(line => clausesOf(line, longForms)),
        )
        headings.set(path, heading)
      }
      builder.describeParagraph({
        heading,
        kind: PARAGRAPH_KINDS.indexOf(paragraph.kind),
        parent: paragraph.parent === null ? null : (positions.get(paragraph.parent) ?? null),
      })
      const added = enrichment.get(paragraph.id)
      builder.add('extra', added ? clausesOf([added.summary, ...added.keywords].join('. '), longForms) : [])
      for (const { quote, questions } of added?.statements ?? []) {
        builder.add('quote', clausesOf(quote, longForms))
        for (const question of questions) {
          builder.add('question', clausesOf(question, longForms))
          builder.endQuestion()
        }
      }
      builder.endParagraph()
    }
    builder.endDocument()
    before += paragraphs.length
  }
  return builder.finish()
}
