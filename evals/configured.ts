/** Opens what a run asks: the configured assistant, the same with other settings, or with poisoned documents beside the sources. */

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Assistant, openAssistant } from '../server/assistant.js'
import { bringIndexUpToDate } from '../server/commands/index-up-to-date.js'
import { type Configuration, readConfigurationWith, VARIABLE_NAMES } from '../server/configuration.js'
import { EvalFault } from './faults.js'
import type { EvalTarget } from './run-evals.js'

/** Settings of one run: environment variables by name, and `enrichment` = `on` or `off`. */
export type RunSettings = Readonly<Record<string, string>>

/** Name of the setting that is not an environment variable. */
const ENRICHMENT = 'enrichment'

/**
 * Reads settings as they are typed: `EMBEDDINGS=ollama:bge-m3,enrichment=off`.
 *
 * @throws {EvalFault} `arguments-invalid` naming what is not a setting
 */
export function parseSettings(text: string): RunSettings {
  const settings: Record<string, string> = {}
  for (const part of text.split(',')) {
    const [name = '', ...rest] = part.split('=')
    const value = rest.join('=').trim()
    const known = name.trim() === ENRICHMENT ? ['on', 'off'].includes(value) : isVariable(name.trim())
    if (!known || value === '')
      throw new EvalFault(
        'arguments-invalid',
        `"${part}" is neither the file of a run nor a setting like EMBEDDINGS=embedded or enrichment=off.`,
      )
    settings[name.trim()] = value
  }
  return settings
}

function isVariable(name: string): boolean {
  return VARIABLE_NAMES.some(known => known === name)
}

/** What a run asks. */
export interface RunTarget {
  readonly assistant: EvalTarget
  /** Folders with the documents and their enrichment. */
  readonly sources: readonly string[]
  /** Opens the same with poisoned documents beside the sources; `null`: that cannot be done there. */
  readonly openPoisoned: ((documents: ReadonlyMap<string, string>) => Promise<EvalTarget>) | null
}

/** An assistant in this process. */
export interface OpenedTarget extends RunTarget {
  readonly configuration: Configuration
  readonly assistant: Assistant
}

/** Opens the assistant with the given settings; its index is made or brought up to date first. */
export async function openConfigured(settings: RunSettings): Promise<OpenedTarget> {
  const { [ENRICHMENT]: enrichmentSetting, ...variables } = settings
  const read = readConfigurationWith(variables)
  // Another setting must not overwrite the index that the visitors use.
  const configuration =
    Object.keys(variables).length === 0
      ? read
      : { ...read, dataDirectory: join(read.dataDirectory, 'evals', shortHash(JSON.stringify(variables))) }
  const options = { enrichment: enrichmentSetting !== 'off' }
  await bringIndexUpToDate(configuration, options)
  return {
    configuration,
    sources: configuration.sources,
    assistant: await openAssistant(configuration, options),
    openPoisoned: documents => openPoisoned(configuration, options, documents),
  }
}

async function openPoisoned(
  configuration: Configuration,
  options: { readonly enrichment: boolean },
  documents: ReadonlyMap<string, string>,
): Promise<EvalTarget> {
  const folder = await mkdtemp(join(tmpdir(), 'vindplaats-poisoned-'))
  const sources = join(folder, 'documents')
  await mkdir(sources)
  for (const [file, text] of documents) await writeFile(join(sources, file), text)
  const poisoned = {
    ...configuration,
    sources: [...configuration.sources, sources],
    dataDirectory: join(folder, 'data'),
  }
  await bringIndexUpToDate(poisoned, options)
  const assistant = await openAssistant(poisoned, options)
  return {
    indexVersion: assistant.indexVersion,
    modelId: assistant.modelId,
    ask: request => assistant.ask(request),
    documents: () => assistant.documents(),
    document: id => assistant.document(id),
    close: async () => {
      await assistant.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** The commit of the working tree, with `+` when it has changes; `null` outside a repository. */
export async function currentCommit(): Promise<string | null> {
  const git = promisify(execFile)
  try {
    const { stdout: commit } = await git('git', ['rev-parse', '--short=12', 'HEAD'])
    const { stdout: changes } = await git('git', ['status', '--porcelain', '--untracked-files=no'])
    return `${commit.trim()}${changes.trim() === '' ? '' : '+'}`
  } catch {
    return null
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
