import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCases } from '../../evals/case.js'
import { type ModelServer, reply, startModelServer } from '../support/model-server.js'

let folder = ''
let model: ModelServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evals-model-'))
  model = await startModelServer()
})
afterAll(async () => {
  await model.close()
  await rm(folder, { recursive: true })
})

async function evals(arguments_: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return promisify(execFile)('npx', ['tsx', 'evals/run.ts', ...arguments_], {
    env: { ...process.env, DATA_DIR: folder, ...environment },
  })
}

const chat = () => ({ CHAT_MODEL: 'openai:fake', OPENAI_BASE_URL: model.openaiUrl })

describe('the judge command', () => {
  it('prints the agreement of the chat model with the reader', async () => {
    // Always right, grounded only when no alteration stands in the answer: a judge that is easy to foresee.
    model.answer(({ body }) =>
      reply(
        body.messages[0]?.content.includes('"oordeel"') ? '{"oordeel": "juist"}' : '{"ondersteund": true}',
      ),
    )
    const { stdout } = await evals(['judge', '--labels-only', '--discard'], chat())
    expect(stdout).toMatch(/judge openai:fake; labels by reader who has not seen the judge prompts/)
    expect(stdout).toMatch(/correctness: equal to the reader in 38\.3 % of 120, kappa 0\.00/)
    expect(stdout).toMatch(/groundedness: equal to the reader in 73\.3 % of 120/)
  })

  it('says what is missing without a chat model', async () => {
    await expect(evals(['judge'])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/set CHAT_MODEL/),
    })
  })
})

describe('the draft command', () => {
  it('writes proposals whose quotes are verbatim to a file outside the cases', async () => {
    model.answer(({ body }) => {
      const paragraph = /<alinea>\n([\s\S]*?)\n<\/alinea>/.exec(body.messages[1]?.content ?? '')?.[1] ?? ''
      const quote = paragraph.split(' ').slice(0, 8).join(' ')
      const proposal = { question: 'Waar gaat dit over?', group: 'lay', answer: 'Over beleid.', facts: [] }
      return reply(
        JSON.stringify({
          cases: [
            { ...proposal, quote },
            { ...proposal, quote: 'staat er niet' },
          ],
        }),
      )
    })
    const file = join(folder, 'drafts.jsonl')
    const { stdout, stderr } = await evals(['draft', '--paragraphs', '3', '--file', file], chat())
    expect(stdout).toMatch(/3 drafts about 3 of \d+ paragraphs without a case/)
    expect(stderr.match(/quotes what does not stand there/g)).toHaveLength(3)
    const drafts = await readCases([file])
    expect(drafts).toHaveLength(3)
    expect(drafts[0]).toMatchObject({ tags: ['draft'], author: 'openai:fake' })
    expect((await readFile(file, 'utf8')).endsWith('\n')).toBe(true)
  })
})
