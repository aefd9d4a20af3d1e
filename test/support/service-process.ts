/**
 * A service with the fake assistant in a process of its own, for tests that try to kill it. The parent asks over IPC:
 * `{ environment }` starts it and is answered `{ url }`; `'memory'` is answered with the bytes in use after a collection.
 */
import { readConfiguration } from '../../server/configuration.js'
import { openLog } from '../../server/log.js'
import { startService } from '../../server/service.js'
import { FakeAssistant } from './fake-assistant.js'

const assistant = new FakeAssistant()

const send = (message: unknown) => process.send?.(message)

process.on('message', async (message: 'memory' | { environment: Record<string, string> }) => {
  if (message === 'memory') {
    // What the fake remembers is not the server's memory.
    assistant.forget()
    for (let round = 0; round < 3; round++) {
      globalThis.gc?.()
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    const { heapUsed, external } = process.memoryUsage()
    send({ memory: heapUsed + external })
    return
  }
  const configuration = readConfiguration(message.environment)
  const service = await startService({
    configuration,
    log: openLog(configuration.logging),
    openAssistant: async () => assistant,
  })
  await service.ready
  process.on('SIGTERM', () => void service.close().then(() => process.exit(0)))
  send({ url: service.url })
})
