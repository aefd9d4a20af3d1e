/** `npm run ingest -- --enrich`: what the chat model will be asked for, told before it is asked. */
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { type EnrichmentWriter, type EnrichReport, estimateEnrichment } from '../../ingest/enrich.js'
import { openChatModel } from '../chat-model.js'
import type { Configuration } from '../configuration.js'
import { estimateCost, openEnrichmentWriter } from '../enrichment-writer.js'
import { ServerFault } from '../faults.js'

/** How a run may go on after its estimate. */
export interface EnrichFlags {
  /** Only the estimate. */
  readonly dryRun: boolean
  /** Goes on without asking a person at a terminal. */
  readonly yes: boolean
}

const number = (value: number) => value.toLocaleString('en')

/**
 * Tells on standard error what enrichment will cost, and opens the writer.
 *
 * @returns `null` when there is nothing to write, with `dryRun`, and when the person at the terminal says no
 * @throws {ServerFault} `configuration-invalid` without a chat model
 */
export async function openWriterAfterEstimate(
  configuration: Configuration,
  { dryRun, yes }: EnrichFlags,
): Promise<EnrichmentWriter | null> {
  const model = await openChatModel(configuration)
  if (!model)
    throw new ServerFault(
      'configuration-invalid',
      'Enrichment is written by a chat model. Set CHAT_MODEL, for example CHAT_MODEL=ollama:llama3.1; see docs/models.md.',
    )
  const { sources, dataDirectory } = configuration
  const estimate = await estimateEnrichment({
    sources,
    optionalSources: [join(dataDirectory, 'documents')],
    enrichmentFolder: join(dataDirectory, 'enrichment'),
  })
  if (estimate.paragraphs === 0) {
    console.error('Every paragraph has enrichment; the chat model is not asked.')
    return null
  }
  const { requests, inputTokens, outputTokens } = estimateCost(estimate)
  console.error(
    `${number(requests)} paragraphs lack enrichment. ${model.id} will be asked ${number(requests)} times, with about ` +
      `${number(inputTokens)} tokens to read and ${number(outputTokens)} to write. What is written is kept when you stop; ` +
      'the next run goes on from there.',
  )
  if (dryRun || !(yes || (await confirms()))) return null
  return openEnrichmentWriter(model)
}

/** Asks the person at the terminal; a script has decided already. */
async function confirms(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(?:es)?$/i.test((await terminal.question('Go on? [y/N] ')).trim())
  } finally {
    terminal.close()
  }
}

/** What a run of the writer brought, in one line. */
export function enrichText({ paragraphs, statements, rejected, failed }: EnrichReport): string {
  const parts = [`${number(paragraphs)} paragraphs enriched with ${number(statements)} statements`]
  if (rejected > 0) parts.push(`${number(rejected)} statements left out: not in their paragraph`)
  if (failed > 0) parts.push(`${number(failed)} paragraphs without usable reply: asked again next time`)
  return `${parts.join('; ')}.`
}
