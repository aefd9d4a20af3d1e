/** The real server on the seeds, for tests in a browser: real index, real assistant, storage of its own. */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAssistant } from '../../server/assistant.js'
import { readConfiguration } from '../../server/configuration.js'
import { openLog } from '../../server/log.js'
import { startService } from '../../server/service.js'

/** A running server. */
export interface RealService {
  /** Address without a trailing slash. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts the server on a free port of the loopback and waits until it answers.
 *
 * @param seedIndex Data folder with the index of the seeds; it is copied, so that databases stay apart.
 * @param environment Configuration besides port and folder.
 */
export const startRealService = async (
  seedIndex: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RealService> => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'vindplaats-real-'))
  await cp(seedIndex, dataDirectory, { recursive: true })
  const configuration = readConfiguration({
    PORT: '0',
    DATA_DIR: dataDirectory,
    LOG_LEVEL: 'silent',
    SHUTDOWN_SECONDS: '5',
    RATE_QUESTIONS_PER_ADDRESS: '100000',
    RATE_REQUESTS_PER_ADDRESS: '1000000',
    ...environment,
  })
  const service = await startService({
    configuration,
    log: openLog(configuration.logging),
    openAssistant: () => openAssistant(configuration),
  })
  await service.ready
  return {
    url: service.url,
    stop: async () => {
      await service.close()
      await rm(dataDirectory, { recursive: true, force: true })
    },
  }
}
