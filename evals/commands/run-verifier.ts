/** `npm run evals -- verifier [file]`: measures the check of sentences against paragraphs on marked sentences. */
import { openConfigured } from '../configured.js'
import { measureMore, moreFiguresText } from '../more-figures.js'
import { alignedTable, percent } from '../table.js'
import { judgeSentences, locateSentences, readMarkedSentences, summariseJudgements } from '../verifier.js'
import { readArguments } from './arguments.js'

/** Runs the command; the exit code is 0. With a file, every sentence that was judged wrongly is listed. */
export async function runVerifier(arguments_: readonly string[]): Promise<number> {
  const { positionals } = readArguments(arguments_, {})
  const { assistant } = await openConfigured({})
  try {
    const [file] = positionals
    if (file === undefined) {
      const more = await measureMore(assistant)
      console.log(moreFiguresText(more))
      for (const { writtenBy, perKind } of more.verifier)
        console.log(`\nright per kind, ${writtenBy}\n${kindTable(perKind)}`)
      return 0
    }
    const judged = judgeSentences(await locateSentences(await readMarkedSentences(file), assistant))
    for (const { marked, confirmed, probability, objections } of judged)
      if (confirmed !== marked.supported)
        console.log(
          `${marked.id} ${confirmed ? 'confirmed' : 'flagged'} (${probability.toFixed(2)}): ${marked.sentence}` +
            objections.map(({ kind, text }) => `\n    ${kind}: ${text}`).join(''),
        )
    const figures = summariseJudgements(judged)
    console.log(
      `caught ${percent(figures.caught.share)}, wrongly flagged ${percent(figures.wronglyFlagged.share)}`,
    )
    console.log(kindTable(figures.perKind))
    return 0
  } finally {
    await assistant.close()
  }
}

function kindTable(perKind: Readonly<Record<string, { share: number | null; total: number }>>): string {
  const rows = Object.entries(perKind).map(([kind, { share, total }]) => [
    kind,
    String(total),
    percent(share),
  ])
  return alignedTable([['kind', 'n', 'right, %'], ...rows])
}
