/** Enrichment written by the chat model: one paragraph at a time, checked against the paragraph before it counts. */
import { z } from 'zod'
import type {
  EnrichEstimate,
  EnrichmentRequest,
  EnrichmentWriter,
  WrittenEnrichment,
} from '../ingest/enrich.js'
import { IngestFault } from '../ingest/faults.js'
import { loadPrompt } from '../prompts/load.js'
import type { ChatModel } from './chat-model.js'
import { ServerFault } from './faults.js'
import { withoutOrders } from './orders.js'

const replySchema = z.object({
  statements: z.array(z.object({ quote: z.string(), questions: z.array(z.string()) })).max(100),
  summary: z.string().default(''),
  keywords: z.array(z.string()).default([]),
})
type Reply = z.infer<typeof replySchema>

/** Requests for one paragraph; each further one says what was wrong. */
const ATTEMPTS = 3
/** Most tokens of a reply: the longest paragraphs have some thirty statements. */
const REPLY_TOKENS = 6_000
/** Least share of quotes that stand in the paragraph with which a reply is taken at once. */
const LEAST_VERBATIM = 0.8
const QUESTION_LENGTH = { least: 5, most: 250 }
const MOST_QUESTIONS = 10
const MOST_KEYWORDS = 12
const LONGEST_SUMMARY = 400

/** What the model is told before it is asked again. */
const REMARKS = {
  form: 'Let op: je vorige antwoord was geen JSON in de gevraagde vorm. Geef alleen het JSON-object.',
  quotes:
    'Let op: in je vorige antwoord stonden citaten die niet teken voor teken in de alinea staan. Neem ze precies over.',
} as const

/** Makes the writer for `npm run ingest -- --enrich`. */
export function openEnrichmentWriter(model: ChatModel): EnrichmentWriter {
  const prompt = loadPrompt('enrich')
  return {
    id: `${model.id}, ${prompt.id}`,
    write: async (request, signal) => {
      const { document, paragraph, introduction } = request
      let best: WrittenEnrichment | null = null
      let remark = ''
      for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
        const reply = await ask(
          model,
          prompt.render({
            document: document.title,
            heading: paragraph.headingPath.join(' › '),
            introduction: introduction ?? '',
            // What speaks to an assistant must not write the questions.
            paragraph: withoutOrders(paragraph.text).replace(/ {2,}/g, ' … '),
            remark,
          }),
          signal,
        )
        if (reply === null) {
          remark = REMARKS.form
          continue
        }
        if (reply.statements.length === 0) return null
        const written = check(reply, request)
        if (written.statements.length >= (best?.statements.length ?? 1)) best = written
        if (written.statements.length >= LEAST_VERBATIM * reply.statements.length) return written
        remark = REMARKS.quotes
      }
      if (best) return best
      throw new IngestFault(
        'enrichment-invalid',
        `${model.id} wrote nothing usable for ${paragraph.id} in ${ATTEMPTS} attempts. It is asked again by the next run.`,
      )
    },
  }
}

/** `null` when the reply cannot be read. */
async function ask(
  model: ChatModel,
  prompt: { readonly system: string; readonly user: string },
  signal: AbortSignal | undefined,
): Promise<Reply | null> {
  try {
    return readReply(await model.complete(prompt, { signal, maximumTokens: REPLY_TOKENS }))
  } catch (fault) {
    // A model that cannot be reached will not be there for the next paragraph either.
    if (fault instanceof ServerFault && fault.code === 'model-failed') return null
    throw fault
  }
}

/** The last JSON object of a reply that has the asked form; text and fences around it are passed over. */
function readReply(text: string): Reply | null {
  const bare = text.replace(/<think(?:ing)?>[\s\S]*?<\/think(?:ing)?>/gi, '')
  const end = bare.lastIndexOf('}') + 1
  for (let start = bare.indexOf('{'); start >= 0 && start < end; start = bare.indexOf('{', start + 1)) {
    try {
      const parsed = replySchema.safeParse(JSON.parse(bare.slice(start, end)))
      if (parsed.success) return parsed.data
    } catch {
      // The object begins further on.
    }
  }
  return null
}

/** Keeps what can be used: quotes that stand in the paragraph, as they stand there, and questions that are questions. */
function check(
  { statements, summary, keywords }: Reply,
  { paragraph }: EnrichmentRequest,
): WrittenEnrichment {
  const kept = statements.flatMap(({ quote, questions }) => {
    const verbatim = findVerbatim(quote, paragraph.text)
    const asked = [...new Set(questions.map(tidy))]
      .filter(({ length }) => length >= QUESTION_LENGTH.least && length <= QUESTION_LENGTH.most)
      .filter(question => question.toLowerCase() !== quote.trim().toLowerCase())
      .slice(0, MOST_QUESTIONS)
    return verbatim !== null && asked.length > 0 ? [{ quote: verbatim, questions: asked }] : []
  })
  return {
    statements: kept,
    summary: tidy(summary).slice(0, LONGEST_SUMMARY),
    keywords: [...new Set(keywords.map(keyword => tidy(keyword).toLowerCase()))]
      .filter(keyword => keyword !== '' && keyword.length <= 60)
      .slice(0, MOST_KEYWORDS),
  }
}

const tidy = (text: string) => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()

/**
 * The words of the paragraph that a quote means: the same letters and digits in the same order, whatever a model did to
 * white space, quotation marks and marks.
 */
function findVerbatim(quote: string, text: string): string | null {
  const wanted = quote
    .trim()
    .replace(/^(?:…|\.\.\.)|(?:…|\.\.\.)$/g, '')
    .trim()
  if (wanted === '') return null
  if (text.includes(wanted)) return wanted
  const bare = (from: string) => from.replace(/[^\p{L}\p{N}]/gu, '')
  const offsets: number[] = []
  for (let at = 0; at < text.length; at++) if (/[\p{L}\p{N}]/u.test(text[at] as string)) offsets.push(at)
  const found =
    bare(wanted) === ''
      ? -1
      : offsets
          .map(at => text[at])
          .join('')
          .indexOf(bare(wanted))
  if (found < 0) return null
  const start = offsets[found] as number
  const end = offsets[found + bare(wanted).length - 1] as number
  return text.slice(start, end + 1)
}

/** What a run will ask of the model, roughly. */
export interface EnrichmentCost {
  readonly requests: number
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Characters of Dutch to a token, for the tokenizers of the usual models; between 3 and 4. */
const CHARACTERS_PER_TOKEN = 3.5
/** Characters that are written for each character of a paragraph: four questions to a statement, as the prompt asks for. */
const WRITTEN_SHARE = 4

/** Estimates a run from what it will ask for; it asks more often when replies cannot be used. */
export function estimateCost({ paragraphs, characters }: EnrichEstimate): EnrichmentCost {
  const { system, user } = loadPrompt('enrich').render({
    document: '',
    heading: '',
    introduction: '',
    paragraph: '',
    remark: '',
  })
  const promptCharacters = system.length + user.length + 100
  const tokens = (count: number) => Math.ceil(count / CHARACTERS_PER_TOKEN)
  return {
    requests: paragraphs,
    inputTokens: tokens(paragraphs * promptCharacters + characters),
    outputTokens: tokens(WRITTEN_SHARE * characters + 200 * paragraphs),
  }
}
