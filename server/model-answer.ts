/**
 * Answers written by a chat model. The model gets fenced, numbered paragraphs and writes sentences with `[n]`; the server
 * alone turns numbers into citations, checks every sentence against what it cites, and decides what a visitor sees.
 */
import type { Paragraph, PolicyDocument } from '../ingest/corpus.js'
import type { ParagraphIndex } from '../ingest/paragraph-index.js'
import { loadPrompt } from '../prompts/load.js'
import type { ChatModel, ModelTokens } from './chat-model.js'
import { citeParagraph } from './citation.js'
import type { Configuration } from './configuration.js'
import { ServerFault } from './faults.js'
import { countLanguageWords } from './language.js'
import { type ReplySentence, readSentences, saysNoAnswer } from './model-reply.js'
import { withoutOrders } from './orders.js'
import { interleave } from './part-evidence.js'
import type { AnswerEvent, AnswerSegment, Citation, Support } from './protocol.js'
import type { Evidence } from './retrieval.js'
import { carriesFact, type Verdict, type VerificationSource, verifySentence } from './verify.js'

/** What writing an answer needs. */
export interface ModelAnswerOptions {
  readonly model: ChatModel
  readonly index: Pick<ParagraphIndex, 'content'>
  /** Path prefix of source pages. */
  readonly basePath: string
  readonly question: string
  /** Evidence per part of the question that the documents answer. */
  readonly parts: readonly Evidence[]
  readonly unsupported: Configuration['unsupported']
  readonly signal?: AbortSignal | undefined
  /** Where the tokens that it takes are added. */
  readonly tokens?: ModelTokens | undefined
}

/** What became of one sentence of the model. */
export interface SentenceReport {
  readonly text: string
  /** Numbers as the model wrote them. */
  readonly named: readonly number[]
  readonly support: Support
  readonly probability: number
  readonly objections: readonly { readonly kind: string; readonly text: string }[]
  readonly shown: boolean
}

/** What happened while the model answered, for the trace. */
export interface ModelReport {
  readonly prompt: string
  /** Paragraph ids in the order of their numbers. */
  readonly sources: readonly string[]
  readonly sentences: readonly SentenceReport[]
  readonly markers: {
    /** Numbers without a source. */
    readonly dropped: number
    /** Numbers of sources that do not support their sentence, while another one it names does. */
    readonly unsupported: number
    /** Sentences that got a source because they named none that exists. */
    readonly added: number
    /** Sentences that got another source than the one they named. */
    readonly corrected: number
  }
  /** Whether the reply was stopped at its longest. */
  readonly truncated: boolean
}

/** How the model did. */
export type ModelOutcome =
  | {
      readonly kind: 'answered'
      readonly segments: readonly AnswerSegment[]
      readonly citations: readonly Citation[]
      readonly documents: readonly PolicyDocument[]
      /** Sentences that were left out because nothing supports them. */
      readonly removed: number
      readonly report: ModelReport
    }
  /** The model says that the sources hold no answer, or nothing it says is confirmed. */
  | { readonly kind: 'no-answer'; readonly report: ModelReport }
  /** The model failed: there is a fault, or it wrote nothing in Dutch (`null`). */
  | { readonly kind: 'failed'; readonly fault: ServerFault | null; readonly report: ModelReport }

/** Paragraphs that are given to the model, without the items of the lists that they introduce. */
const MOST_SOURCES = 8
/** Items of one list that are given to the model. */
const MOST_ITEMS = 12
/** Longest evidence, in UTF-16 units: about 4,000 tokens, which every usual model can hold beside prompt and answer. */
const LONGEST_EVIDENCE = 14_000
/** Sentences of an answer; what comes after them is not read. */
const MOST_SENTENCES = 20
/** Longest sentence, in UTF-16 units. Whatever is longer is no sentence. */
const LONGEST_SENTENCE = 700
/** Probability from which a paragraph that the model did not name clearly supports a sentence. */
const CLEAR = 0.8
/** Least coverage of a sentence by what it cites with which it is shown as unconfirmed: below it speaks of something else. */
const LEAST_SHOWN = 0.35

/** A paragraph with its number. */
interface Source {
  readonly number: number
  /** As it is cited. */
  readonly paragraph: Paragraph
  readonly document: PolicyDocument
  /** As it is checked against: without sentences that speak to an assistant, all else in its place. */
  readonly evidence: VerificationSource
  /** As the model reads it. */
  readonly text: string
}

/**
 * Has the model write an answer and passes on each sentence as soon as it is checked.
 *
 * @throws {ServerFault} `cancelled`; every other fault of the model is an outcome
 */
export async function* answerWithModel(
  options: ModelAnswerOptions,
): AsyncGenerator<AnswerEvent, ModelOutcome, undefined> {
  const sources = await listSources(options)
  const prompt = loadPrompt('answer')
  const rendered = prompt.render({
    question: options.question,
    sources: sources.map(({ number, document, paragraph, text }) => ({
      number: String(number),
      document: document.citeAs ?? document.title,
      heading: paragraph.headingPath.join(' › '),
      text,
    })),
  })
  const answer = new CheckedAnswer(options, sources)
  let truncated = false
  const report = (): ModelReport => ({
    prompt: prompt.id,
    sources: sources.map(({ paragraph }) => paragraph.id),
    sentences: answer.reports,
    markers: { ...answer.markers },
    truncated,
  })
  try {
    let reply = ''
    const stream = options.model.stream(rendered, { signal: options.signal, tokens: options.tokens })
    for (;;) {
      const { done, value } = await stream.next()
      if (done) truncated = value.truncated
      else reply += value
      // A reply that was stopped ends in half a sentence.
      const sentences = readSentences(reply, done === true && !truncated)
      if (done && saysNoAnswer(readSentences(reply, true))) return { kind: 'no-answer', report: report() }
      for (const sentence of sentences.slice(answer.read, MOST_SENTENCES)) yield* answer.take(sentence)
      if (done) break
      if (sentences.length >= MOST_SENTENCES) {
        truncated = true
        await stream.return({ truncated })
        break
      }
    }
  } catch (fault) {
    if (!(fault instanceof ServerFault) || fault.code === 'cancelled') throw fault
    return { kind: 'failed', fault, report: report() }
  }
  if (answer.dutch === 0) return { kind: 'failed', fault: null, report: report() }
  if (!answer.isConfirmed) return { kind: 'no-answer', report: report() }
  const { segments, citations, documents, removed } = answer
  return { kind: 'answered', segments, citations, documents, removed, report: report() }
}

async function listSources({ parts, index }: ModelAnswerOptions): Promise<Source[]> {
  const sources: Source[] = []
  let length = 0
  const add = (paragraph: Paragraph, document: PolicyDocument, parent: Paragraph | null) => {
    if (sources.some(source => source.paragraph.id === paragraph.id)) return
    const evidence = { paragraph: asEvidence(paragraph), document, parent: parent && asEvidence(parent) }
    const introduction = evidence.parent ? `(${evidence.parent.text}) ` : ''
    const text = (introduction + evidence.paragraph.text).replace(/ {2,}/g, ' … ').trim()
    if (sources.length > 0 && length + text.length > LONGEST_EVIDENCE) return
    length += text.length
    sources.push({ number: sources.length + 1, paragraph, document, evidence, text })
  }
  for (const { paragraph, document } of interleave(parts, MOST_SOURCES)) {
    // A heading says what follows is about, and nothing about it.
    if (paragraph.kind === 'heading') continue
    const paragraphs = (await index.content(document.id))?.paragraphs ?? []
    add(paragraph, document, paragraphs.find(({ id }) => id === paragraph.parent) ?? null)
    const items = paragraphs.filter(({ parent, kind }) => parent === paragraph.id && kind === 'list-item')
    for (const item of items.slice(0, MOST_ITEMS)) add(item, document, paragraph)
  }
  return sources
}

function asEvidence(paragraph: Paragraph): Paragraph {
  const text = withoutOrders(paragraph.text)
  return text === paragraph.text
    ? paragraph
    : { ...paragraph, text, searchText: withoutOrders(paragraph.searchText) }
}

/** The answer as it grows: only what was checked. */
class CheckedAnswer {
  readonly segments: AnswerSegment[] = []
  readonly citations: Citation[] = []
  readonly documents: PolicyDocument[] = []
  readonly reports: SentenceReport[] = []
  readonly markers = { dropped: 0, unsupported: 0, added: 0, corrected: 0 }
  /** Sentences of the reply that were read. */
  read = 0
  /** Those of them that are Dutch. */
  dutch = 0
  removed = 0
  readonly #options: ModelAnswerOptions
  readonly #sources: readonly Source[]

  constructor(options: ModelAnswerOptions, sources: readonly Source[]) {
    this.#options = options
    this.#sources = sources
  }

  get isConfirmed(): boolean {
    return this.segments.some(({ support }) => support !== 'niet bevestigd')
  }

  async *take(sentence: ReplySentence): AsyncGenerator<AnswerEvent, void, undefined> {
    this.read++
    if (countLanguageWords(sentence.text).isForeign) return
    this.dutch++
    const said = sentence.text.toLowerCase()
    if (this.reports.some(({ text }) => text.toLowerCase() === said)) return
    const { cited, verdict } = this.#judge(sentence)
    const shown = this.#isShown(sentence, verdict)
    this.reports.push({
      text: sentence.text,
      named: sentence.markers,
      support: verdict.support,
      probability: verdict.probability,
      objections: verdict.objections,
      shown,
    })
    if (!shown) {
      // "De pijlers zijn:" only leads to what follows and is not missed.
      if (!sentence.text.endsWith(':')) this.removed++
      return
    }
    const markers: number[] = []
    for (const [source, { quote, support }] of cited) {
      const { marker, added } = await this.#cite(source, quote, support)
      markers.push(marker)
      if (added) yield { type: 'citation-available', citation: added }
    }
    const segment: AnswerSegment = {
      kind: 'sentence',
      text: sentence.text,
      markers: [...new Set(markers)].sort((left, right) => left - right),
      support: verdict.support,
    }
    this.segments.push(segment)
    yield { type: 'answer-delta', segment }
  }

  /** The sources that a sentence rests on, and the verdict that counts. */
  #judge({ text, markers }: ReplySentence): {
    cited: readonly (readonly [Source, Verdict])[]
    verdict: Verdict
  } {
    const named = markers.flatMap(marker => this.#sources[marker - 1] ?? [])
    this.markers.dropped += markers.length - named.length
    const verdicts = named.map(source => [source, verifySentence(text, source.evidence)] as const)
    const confirmed = verdicts.filter(([, { support }]) => support !== 'niet bevestigd')
    const [first] = confirmed.sort(([, left], [, right]) => rank(right) - rank(left))
    if (first) {
      this.markers.unsupported += verdicts.length - confirmed.length
      return { cited: confirmed, verdict: first[1] }
    }
    const together = named.length > 1 ? verifySentence(text, joinSources(named)) : undefined
    if (together && together.support !== 'niet bevestigd')
      return {
        cited: verdicts.map(([source, own]) => [source, { ...own, support: together.support }]),
        verdict: together,
      }
    const others = this.#sources
      .filter(source => !named.includes(source))
      .map(source => [source, verifySentence(text, source.evidence)] as const)
      .filter(
        ([, { support, probability }]) =>
          support === 'letterlijk' || (support === 'bevestigd' && probability >= CLEAR),
      )
      .sort(([, left], [, right]) => rank(right) - rank(left))
    const [other] = others
    if (other) {
      if (named.length === 0) this.markers.added++
      else this.markers.corrected++
      return { cited: [other], verdict: other[1] }
    }
    // Nothing confirms it. What comes nearest tells whether it speaks of the sources at all.
    const nearest = (
      verdicts.length > 0
        ? verdicts
        : this.#sources.map(source => [source, verifySentence(text, source.evidence)] as const)
    )
      .map(([, verdict]) => verdict)
      .reduce((best, verdict) => (verdict.features.coverage > best.features.coverage ? verdict : best))
    return { cited: verdicts, verdict: { ...nearest, support: 'niet bevestigd' } }
  }

  #isShown({ text }: ReplySentence, { support, features }: Verdict): boolean {
    if (text.length > LONGEST_SENTENCE) return false
    if (support !== 'niet bevestigd') return true
    const { unsupported } = this.#options
    if (unsupported === 'remove' || text.endsWith(':')) return false
    // What nothing was found for at all is not an unconfirmed answer, but none.
    if (features.coverage < LEAST_SHOWN) return false
    return unsupported === 'flag' || !carriesFact(text)
  }

  async #cite(
    source: Source,
    [start, end]: readonly [number, number],
    support: Support,
  ): Promise<{ marker: number; added: Citation | null }> {
    const [from, to] = withoutGaps(source.evidence.paragraph.text, start, end)
    const quote = source.paragraph.text.slice(from, to)
    const at = this.citations.findIndex(
      citation => citation.paragraphId === source.paragraph.id && citation.quote === quote,
    )
    const known = this.citations[at]
    if (known) {
      this.citations[at] = { ...known, support: weakest(known.support, support) }
      return { marker: known.marker, added: null }
    }
    const content = await this.#options.index.content(source.document.id)
    const cited = citeParagraph(
      this.#options.basePath,
      source.document,
      source.paragraph,
      content?.source ?? '',
      from,
      to,
    )
    const citation: Citation = { marker: this.citations.length + 1, support, ...cited }
    this.citations.push(citation)
    if (!this.documents.includes(source.document)) this.documents.push(source.document)
    return { marker: citation.marker, added: citation }
  }
}

/** The longest piece of a range without the gap that a left out sentence leaves. */
function withoutGaps(text: string, start: number, end: number): readonly [number, number] {
  let longest: readonly [number, number] = [start, start]
  for (const match of text.slice(start, end).matchAll(/\S+(?: \S+)*/g)) {
    const from = start + match.index
    if (match[0].length > longest[1] - longest[0]) longest = [from, from + match[0].length]
  }
  return longest[1] > longest[0] ? longest : [start, end]
}

const SUPPORTS: readonly Support[] = ['niet bevestigd', 'bevestigd', 'letterlijk']

function rank({ support, probability }: Verdict): number {
  return SUPPORTS.indexOf(support) + probability / 2
}

function weakest(left: Support, right: Support): Support {
  return SUPPORTS.indexOf(left) < SUPPORTS.indexOf(right) ? left : right
}

/** Several paragraphs as one source, for a sentence that rests on all of them together. */
function joinSources(sources: readonly Source[]): VerificationSource {
  const [first, ...rest] = sources as [Source, ...Source[]]
  const join = (read: (paragraph: Paragraph) => string) =>
    sources.map(({ evidence }) => read(evidence.paragraph)).join(' ')
  return {
    document: first.document,
    parent: first.evidence.parent,
    paragraph: {
      ...first.paragraph,
      text: join(({ text }) => text),
      searchText: join(({ searchText }) => searchText),
      headingPath: [
        ...first.paragraph.headingPath,
        ...rest.flatMap(({ paragraph, document }) => [
          document.title,
          document.date ?? '',
          ...paragraph.headingPath,
        ]),
      ],
    },
  }
}
