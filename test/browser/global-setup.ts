/** Before all browser tests: the client is built and the seeds are ingested, once. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import type { TestProject } from 'vitest/node'
import { bringIndexUpToDate } from '../../server/commands/index-up-to-date.js'
import { readConfiguration } from '../../server/configuration.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** Data folder with the index of the seeds. */
    readonly seedIndex: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await build({ configFile: join(import.meta.dirname, '../../client/vite.config.ts'), logLevel: 'warn' })
  const dataDirectory = await mkdtemp(join(tmpdir(), 'vindplaats-browser-'))
  await bringIndexUpToDate(readConfiguration({ DATA_DIR: dataDirectory }))
  project.provide('seedIndex', dataDirectory)
  return () => rm(dataDirectory, { recursive: true, force: true })
}
