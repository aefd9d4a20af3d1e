/** Cases proposed by a chat model, paragraph by paragraph. They are drafts: a person reviews each before it becomes a case. */
import { z } from 'zod'
import type { Paragraph, PolicyDocument } from '../ingest/corpus.js'
import type { EvalCase } from './case.js'
import { collapse } from './gold.js'
import { type Completion, readReply } from './judge.js'
import { factRecall } from './metrics/answering.js'

/** Tag of cases that no person has reviewed. */
export const DRAFT_TAG = 'draft'

/** Shortest paragraph that is worth a question, in characters. */
const SHORTEST = 80

/** Requests for one paragraph. */
const ATTEMPTS = 2

const replySchema = z.object({
  vragen: z.array(
    z.object({
      groep: z.enum(['factual', 'paraphrase', 'lay', 'keyword']),
      vraag: z.string().trim().min(3).max(500),
      antwoord: z.string().trim().min(1).max(1_000),
      feiten: z.array(z.string().trim().min(1)).max(5),
      citaat: z.string().trim().min(1),
    }),
  ),
})

/** A paragraph to draft from. */
export interface DraftSource {
  readonly document: PolicyDocument
  readonly paragraph: Paragraph
}

/** What came of one paragraph. */
export interface Drafted {
  readonly cases: readonly EvalCase[]
  /** Why proposals were dropped, one line each. */
  readonly dropped: readonly string[]
}

/** Whether a paragraph says enough to ask about. */
export function isWorthAsking({ kind, text }: Paragraph): boolean {
  return ['text', 'list-item', 'footnote', 'table-row'].includes(kind) && text.length >= SHORTEST
}

/**
 * Asks for cases about one paragraph. A proposal whose quote is not verbatim, or whose own answer does not name its facts,
 * is dropped: what cannot be checked is no case.
 *
 * @param prompt the filled-in prompt for this paragraph
 * @param idPrefix ids are this with a number
 */
export async function draftCases(
  { document, paragraph }: DraftSource,
  prompt: string,
  complete: Completion,
  idPrefix: string,
  signal?: AbortSignal,
): Promise<Drafted> {
  let reply: z.infer<typeof replySchema> | null = null
  for (let attempt = 1; reply === null && attempt <= ATTEMPTS; attempt++)
    reply = readReply(await complete(prompt, signal), replySchema)
  if (reply === null) return { cases: [], dropped: [`${paragraph.id}: the model gave no readable reply`] }
  const cases: EvalCase[] = []
  const dropped: string[] = []
  const text = collapse(paragraph.text)
  for (const { groep, vraag, antwoord, feiten, citaat } of reply.vragen) {
    if (!text.includes(collapse(citaat))) {
      dropped.push(`${paragraph.id}: "${vraag}" quotes what does not stand there`)
      continue
    }
    if ((factRecall(antwoord, feiten) ?? 1) < 1) {
      dropped.push(`${paragraph.id}: "${vraag}" lists facts that its answer does not name`)
      continue
    }
    cases.push({
      id: `${idPrefix}${cases.length + 1}`,
      group: groep,
      question: vraag,
      documents: [document.file],
      gold: [collapse(citaat)],
      alternatives: [],
      answer: antwoord,
      facts: feiten,
      expect: 'answer',
      tags: [DRAFT_TAG],
      canaries: [],
    })
  }
  return { cases, dropped }
}
