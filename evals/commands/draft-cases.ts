/**
 * `npm run evals -- draft`: proposes cases with the configured chat model, for paragraphs that no case asks about. They are
 * written outside `evals/cases`, so that none counts before a person has reviewed it.
 */
import { appendFile, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { caseFiles, readCases } from '../case.js'
import { openConfigured } from '../configured.js'
import { type DraftSource, draftCases, isWorthAsking } from '../draft.js'
import { EvalFault } from '../faults.js'
import { type Library, resolveCases } from '../gold.js'
import { seededRandom } from '../statistics.js'
import { readArguments } from './arguments.js'
import { openCompletion } from './chat-judge.js'
import { CASES_FOLDER } from './folders.js'

const DRAFTS_FOLDER = fileURLToPath(new URL('../drafts', import.meta.url))

/** Runs the command; the exit code is 0. */
export async function draft(arguments_: readonly string[]): Promise<number> {
  const { values } = readArguments(arguments_, {
    /** Only this document, by its id or file; may be repeated. */
    document: { type: 'string', multiple: true },
    /** Paragraphs to ask about, chosen at random. */
    paragraphs: { type: 'string', default: '20' },
    file: { type: 'string' },
  })
  const wanted = Number(values.paragraphs)
  if (!Number.isInteger(wanted) || wanted < 1)
    throw new EvalFault(
      'arguments-invalid',
      `--paragraphs must be a whole number above 0, not "${values.paragraphs}".`,
    )
  const { id, complete } = await openCompletion()
  const { assistant } = await openConfigured({})
  try {
    const sources = await uncoveredParagraphs(assistant, values.document ?? null)
    const random = seededRandom(Date.now())
    const chosen = sources
      .map(source => ({ source, order: random() }))
      .sort((left, right) => left.order - right.order)
      .slice(0, wanted)
    const stamp = new Date().toISOString().replace(/[:.]/g, '-')
    const file = values.file ?? join(DRAFTS_FOLDER, `${stamp}.jsonl`)
    await mkdir(dirname(file), { recursive: true })
    let written = 0
    for (const [index, { source }] of chosen.entries()) {
      const { cases, dropped } = await draftCases(source, complete, `draft-${stamp}-${index + 1}-`)
      for (const reason of dropped) console.error(`dropped: ${reason}`)
      for (const drafted of cases) {
        const dated = { ...drafted, author: id, date: stamp.slice(0, 10) }
        await appendFile(file, `${JSON.stringify(dated)}\n`)
        written++
      }
    }
    console.log(
      `${written} drafts about ${chosen.length} of ${sources.length} paragraphs without a case: ${file}\n` +
        'Review each, take its tag "draft" away, name the reviewer as author, and move it to a file in evals/cases.',
    )
    return 0
  } finally {
    await assistant.close()
  }
}

/** The paragraphs that say enough to ask about and that no case has as gold. */
async function uncoveredParagraphs(
  library: Library,
  documents: readonly string[] | null,
): Promise<readonly DraftSource[]> {
  const known = (await readCases(await caseFiles(CASES_FOLDER))).filter(
    item => item.hiddenDocument === undefined,
  )
  const { cases } = await resolveCases(known, library)
  const covered = new Set(
    cases.flatMap(({ gold }) => gold.flatMap(target => target.places.map(place => place.paragraphId))),
  )
  const sources: DraftSource[] = []
  for (const { id, file } of await library.documents()) {
    if (documents !== null && !documents.includes(id) && !documents.includes(file)) continue
    const found = await library.document(id)
    for (const paragraph of found?.content.paragraphs ?? [])
      if (found !== null && !covered.has(paragraph.id) && isWorthAsking(paragraph))
        sources.push({ document: found.document, paragraph })
  }
  return sources
}
