/** What a sentence is checked against, made ready once for all sentences. */
import type { Paragraph, PolicyDocument } from '../../ingest/corpus.js'
import { type PreparedText, prepareText } from './alignment.js'
import { lexemes } from './lexemes.js'
import { type NameStock, nameStock } from './names.js'
import { findValues, type Value } from './values.js'

/** What a sentence is checked against. */
export interface VerificationSource {
  readonly paragraph: Paragraph
  readonly document: PolicyDocument
  /** The introduction of a list item, which belongs to what the item says; `null` for other paragraphs. */
  readonly parent: Paragraph | null
}

/** A source made ready once for all sentences. */
export interface PreparedSource {
  readonly paragraph: PreparedText
  /** The paragraph preceded by the introduction of its list. */
  readonly whole: PreparedText
  /** Words before the paragraph's own in `whole`. */
  readonly offset: number
  readonly values: readonly Value[]
  readonly contextValues: readonly Value[]
  /** All digits of context and paragraph as written, for identifiers. */
  readonly writing: string
  readonly names: NameStock
  readonly contextStems: ReadonlySet<string>
  readonly contextConcepts: ReadonlySet<string>
}

const prepared = new WeakMap<
  Paragraph,
  { document: PolicyDocument; parent: Paragraph | null; source: PreparedSource }
>()

/** A source with everything that the checks compare; remembered for each paragraph. */
export function prepareSource({ paragraph, document, parent }: VerificationSource): PreparedSource {
  const known = prepared.get(paragraph)
  if (known && known.document === document && known.parent === parent) return known.source
  const own = prepareText(paragraph.text, paragraph.searchText)
  const introduction = parent ? `${parent.text} ` : ''
  const whole = parent
    ? prepareText(introduction + paragraph.text, `${parent.searchText} ${paragraph.searchText}`)
    : own
  const context = [
    document.title,
    document.citeAs ?? '',
    document.institution ?? '',
    document.date ?? '',
    document.documentNumber ?? '',
    document.kind ?? '',
    ...document.aliases,
    ...paragraph.headingPath,
    paragraph.label ?? '',
  ].join(' ; ')
  const contextWords = lexemes(context)
  const repaired = lexemes(paragraph.searchText)
  const source: PreparedSource = {
    paragraph: own,
    whole,
    offset: whole.words.length - own.words.length,
    values: findValues(`${introduction}${paragraph.text}`),
    contextValues: findValues(context),
    writing: `${context} ${introduction}${paragraph.text}`.toLowerCase(),
    names: nameStock([
      { words: whole.words, text: whole.text },
      { words: repaired, text: paragraph.searchText },
      { words: contextWords, text: context },
    ]),
    contextStems: new Set(contextWords.flatMap(({ stem, parts }) => [stem, ...parts])),
    contextConcepts: new Set(contextWords.flatMap(({ concepts }) => concepts)),
  }
  prepared.set(paragraph, { document, parent, source })
  return source
}
