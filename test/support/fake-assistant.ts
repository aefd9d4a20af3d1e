/** An assistant without index: it answers by simple rules, can be slow or fail, and records what it was asked. */
import { setTimeout as delay } from 'node:timers/promises'
import type { DocumentContent, Paragraph, PolicyDocument } from '../../ingest/corpus.js'
import { type AnswerRecord, type AskRequest, type Assistant, collect } from '../../server/assistant.js'
import { ServerFault } from '../../server/faults.js'
import type { Answer, AnswerEvent, Citation, RetrievedParagraph } from '../../server/protocol.js'

const SOURCE = `1. Inleiding

De begroting voor migratie1 is in 2029 20 miljoen euro.

a) Het eerste punt <b>met</b> tekens.

De **vette** zin staat hier.

1 Zie de bijlage.
`

const paragraph = (
  text: string,
  rest: Partial<Paragraph> & Pick<Paragraph, 'anchor' | 'kind'>,
): Paragraph => {
  const start = SOURCE.indexOf(text)
  return {
    id: `begroting#${rest.anchor}`,
    documentId: 'begroting',
    headingPath: ['Inleiding'],
    parent: null,
    label: null,
    page: 1,
    spans: [[start, start + text.length]],
    text,
    searchText: text,
    footnotes: [],
    ...rest,
  }
}

/** The one document that the fake knows. */
export const FAKE_DOCUMENT: PolicyDocument = {
  id: 'begroting',
  title: 'Begroting & toelichting',
  citeAs: 'de begroting van 2025',
  institution: 'Ministerie van Proeven',
  date: '2025-05-23',
  documentNumber: '12345/25',
  kind: 'kamerbrief',
  status: 'ontwerp',
  language: 'nl',
  aliases: [],
  url: null,
  file: 'begroting.txt',
  contentHash: '0'.repeat(64),
  generalKnowledge: ['institution'],
}

/** Its text and paragraphs. */
export const FAKE_CONTENT: DocumentContent = {
  source: SOURCE,
  paragraphs: [
    paragraph('1. Inleiding', { anchor: 'inleiding', kind: 'heading', headingPath: [], label: '1.' }),
    paragraph('De begroting voor migratie1 is in 2029 20 miljoen euro.', {
      anchor: 'p-1',
      kind: 'text',
      footnotes: ['begroting#voetnoot-1'],
    }),
    paragraph('a) Het eerste punt <b>met</b> tekens.', {
      anchor: 'punt-a',
      kind: 'list-item',
      label: 'a)',
      page: 2,
    }),
    paragraph('De **vette** zin staat hier.', { anchor: 'p-2', kind: 'text', page: 2 }),
    paragraph('1 Zie de bijlage.', { anchor: 'voetnoot-1', kind: 'footnote', label: 'voetnoot 1', page: 2 }),
  ],
  furniture: [],
  pages: 2,
  repairedWords: 0,
  warnings: [],
}

const RETRIEVED: readonly RetrievedParagraph[] = FAKE_CONTENT.paragraphs.map((found, at) => ({
  rank: at + 1,
  paragraphId: found.id,
  document: FAKE_DOCUMENT.file,
  text: found.text,
  spans: found.spans.map(([start, end]): [number, number] => [start, end]),
}))

function citation(marker: number): Citation {
  const found = FAKE_CONTENT.paragraphs[1] as Paragraph
  const [start, end] = found.spans[0] as readonly [number, number]
  return {
    marker,
    paragraphId: found.id,
    documentId: FAKE_DOCUMENT.id,
    document: FAKE_DOCUMENT.file,
    title: FAKE_DOCUMENT.title,
    documentNumber: FAKE_DOCUMENT.documentNumber,
    date: FAKE_DOCUMENT.date,
    label: found.label,
    page: found.page,
    headingPath: [...found.headingPath],
    quote: found.text,
    text: found.text,
    spans: [[start, end]],
    support: 'letterlijk',
    href: `/documenten/begroting?citaat=${start}-${end}#p-1`,
  }
}

/**
 * Behaves by the words of a question: "weiger" is refused, "faal" fails with a secret in its cause, "hang" never ends
 * and does not listen, "traag" waits between its parts, "lang" gives a very long answer, all else is answered.
 */
export class FakeAssistant implements Assistant {
  /** Everything that was asked, oldest first. */
  readonly asked: AskRequest[] = []
  /** Forgets what was asked. */
  forget(): void {
    this.asked.length = 0
  }

  /** Number of questions that were under way when they were given up. */
  abandoned = 0
  reloads = 0
  isClosed = false
  indexVersion = 'index-1'
  readonly modelId = null
  /** Milliseconds between the parts of a slow answer. */
  pace = 30
  /** What `reload` does besides counting. */
  onReload: () => void = () => {}

  ask(request: AskRequest): Promise<AnswerRecord> {
    return collect(this.stream(request))
  }

  async *stream(request: AskRequest): AsyncGenerator<AnswerEvent, AnswerRecord, undefined> {
    this.asked.push(request)
    const question = request.question.replace(/\p{Cc}/gu, ' ').trim()
    if (question === '') throw new ServerFault('question-empty', 'empty')
    if (question.length > 2_000) throw new ServerFault('question-too-long', 'long')
    const answerId = request.answerId ?? 'none'
    let isFinished = false
    try {
      yield { type: 'answer-start', answerId, question, composedBy: 'search' }
      if (question.includes('hang')) await new Promise(() => {})
      if (question.includes('faal')) throw new Error('geheim in /etc/geheim', { cause: new Error('oorzaak') })
      const answer = this.#compose(question, answerId)
      for (const segment of answer.segments) {
        if (question.includes('traag')) await delay(this.pace, undefined, { signal: request.signal })
        yield { type: 'answer-delta', segment }
      }
      for (const found of answer.citations) yield { type: 'citation-available', citation: found }
      yield { type: 'answer-end', answer }
      isFinished = true
      return { answer, retrieved: RETRIEVED, trace: this.#trace(question), durationMs: 1.5 }
    } finally {
      if (!isFinished) this.abandoned += 1
    }
  }

  async search(_text: string, limit: number): Promise<readonly RetrievedParagraph[]> {
    return RETRIEVED.slice(0, limit)
  }

  async documents(): Promise<readonly PolicyDocument[]> {
    return [FAKE_DOCUMENT]
  }

  async document(documentId: string) {
    return documentId === FAKE_DOCUMENT.id ? { document: FAKE_DOCUMENT, content: FAKE_CONTENT } : null
  }

  async reload(): Promise<void> {
    this.reloads += 1
    this.onReload()
  }

  async close(): Promise<void> {
    this.isClosed = true
  }

  #compose(question: string, answerId: string): Answer {
    const common = { answerId, question, composedBy: 'search' as const, unanswered: [] }
    if (question.includes('weiger')) {
      const text = 'Het antwoord op deze vraag staat niet in de documenten.'
      const { marker: _marker, support: _support, ...nearest } = citation(1)
      return {
        ...common,
        outcome: 'refused',
        reason: 'no-evidence',
        answer: text,
        segments: [{ kind: 'note', text, markers: [], support: null }],
        citations: [],
        nearest: [nearest],
      }
    }
    const cited = citation(1)
    const repeats = question.includes('lang') ? 400 : 1
    const quote = { kind: 'quote' as const, text: cited.quote, markers: [1], support: 'letterlijk' as const }
    return {
      ...common,
      outcome: 'answered',
      reason: null,
      answer: `Volgens de begroting: ${`${cited.quote} [1]`.repeat(repeats)}`,
      segments: [
        { kind: 'lead-in', text: 'Volgens de begroting:', markers: [], support: null },
        ...Array<typeof quote>(repeats).fill(quote),
      ],
      citations: [cited],
      nearest: [],
    }
  }

  #trace(question: string): AnswerRecord['trace'] {
    return {
      understoodQuestion: question,
      indexVersion: this.indexVersion,
      embedder: 'fake:1',
      model: null,
      promptVersion: null,
      timings: { retrieve: 0.5, compose: 1 },
      details: {},
    }
  }
}
