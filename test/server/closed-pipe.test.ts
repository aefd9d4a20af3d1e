import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { letterFolders } from '../support/ingest-folders.js'

const loader = fileURLToPath(import.meta.resolve('tsx'))

/** Starts a command whose reader leaves at once, or after it has read something. */
async function startForReader(
  name: 'ask' | 'ingest',
  { sources, data }: { readonly sources: string; readonly data: string },
  words: readonly string[],
  leaves: 'at once' | 'after reading',
) {
  const script = fileURLToPath(new URL(`../../server/commands/${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--import', loader, script, ...words], {
    env: { ...process.env, SOURCES: sources, DATA_DIR: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let read = ''
  let said = ''
  child.stderr.on('data', piece => {
    said += piece
  })
  if (leaves === 'at once') child.stdout.destroy()
  else
    child.stdout.once('data', piece => {
      read += piece
      child.stdout.destroy()
    })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, read, said }
}

describe('a reader that closes the pipe', () => {
  it('ends a batch of questions quietly, long before its last one', async () => {
    const folders = await letterFolders()
    const batch = join(folders.data, '..', 'batch.jsonl')
    const line = (id: number) => JSON.stringify({ id: String(id), question: 'Hoeveel geld is er begroot?' })
    // The last line is at fault, which would make the command end with 1.
    await writeFile(batch, `${Array.from({ length: 500 }, (_, id) => line(id)).join('\n')}\n{"id":"500"}\n`)
    const { code, read, said } = await startForReader(
      'ask',
      folders,
      ['--batch', batch, '--json'],
      'after reading',
    )
    expect(JSON.parse(read.split('\n')[0] as string)).toMatchObject({ id: '0' })
    expect({ code, said }).toEqual({ code: 0, said: '' })
  })

  it('ends an answer quietly that it never looked at', async () => {
    const { code, said } = await startForReader(
      'ask',
      await letterFolders(),
      ['Hoeveel geld is er begroot?', '--json'],
      'at once',
    )
    expect({ code, said }).toEqual({ code: 0, said: '' })
  })

  it('ends the report of an ingest quietly', async () => {
    const { code, said } = await startForReader('ingest', await letterFolders(), ['--json'], 'at once')
    expect({ code, said }).toEqual({ code: 0, said: '' })
  })
})
