/** How much time passes before a chat model gets to work, measured with a model server that answers at once. */
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ServerMessage } from '../../server/protocol.js'
import { serve } from './served.js'
import { openSockets } from './socket-load.js'

/** What was measured, in milliseconds, one figure a question. */
export interface ModelOverhead {
  /** From the question on the socket to the request at the model server. */
  readonly beforeModel: readonly number[]
  /** From the model's last word to the complete answer: verifying, keeping, sending. */
  readonly afterModel: readonly number[]
}

/** A server that speaks the streaming protocol of OpenAI and says one sentence at once. */
async function startModel(onAsked: () => void, onSaid: () => void) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      onAsked()
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      for (const content of ['Dit staat ', 'in de ', 'documenten [1].']) {
        const chunk = {
          id: 'x',
          object: 'chat.completion.chunk',
          choices: [{ index: 0, delta: { content } }],
        }
        response.write(`data: ${JSON.stringify(chunk)}\n\n`)
      }
      const last = {
        id: 'x',
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
      }
      response.end(`data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`, onSaid)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/v1`, close: () => new Promise(resolve => server.close(resolve)) }
}

/**
 * Asks one question after the other.
 *
 * @param warmUp number of questions at the beginning that are not counted
 */
export async function measureModelOverhead(
  environment: Readonly<Record<string, string>>,
  questions: readonly string[],
  warmUp: number,
): Promise<ModelOverhead> {
  let asked = 0
  let said = 0
  const model = await startModel(
    () => {
      asked = performance.now()
    },
    () => {
      said = performance.now()
    },
  )
  const server = await serve({
    ...environment,
    CHAT_MODEL: 'openai:test',
    OPENAI_BASE_URL: model.url,
    OPENAI_API_KEY: 'test',
  })
  const beforeModel: number[] = []
  const afterModel: number[] = []
  try {
    const [socket] = await openSockets(server.url, 1)
    for (const [number, question] of questions.entries()) {
      asked = 0
      const sent = performance.now()
      const ended = new Promise<void>(resolve => {
        socket?.on('message', function hear(data: Buffer) {
          const message = JSON.parse(data.toString()) as ServerMessage
          const isEnd =
            message.type === 'message-rejected' ||
            (message.type === 'answer-event' && /^answer-(end|error)$/.test(message.event.type))
          if (!isEnd) return
          socket.off('message', hear)
          resolve()
        })
      })
      socket?.send(
        JSON.stringify({ type: 'question-ask', messageId: randomUUID(), conversationId: null, question }),
      )
      await ended
      // A refused question never reaches the model.
      if (asked === 0 || number < warmUp) continue
      beforeModel.push(asked - sent)
      afterModel.push(performance.now() - said)
    }
    socket?.terminate()
  } finally {
    await server.end('SIGTERM')
    await model.close()
  }
  return { beforeModel, afterModel }
}
