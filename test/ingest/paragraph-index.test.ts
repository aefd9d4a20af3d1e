import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { bareParagraph } from '../../ingest/corpus.js'
import type { IndexableDocument } from '../../ingest/corpus-store.js'
import { sha256 } from '../../ingest/durable-files.js'
import { openEmbeddedEmbedder } from '../../ingest/embedded-embedder.js'
import { readIndexManifest } from '../../ingest/index-files.js'
import { writeIndex } from '../../ingest/index-writer.js'
import { indexStatistics, verifyIndex } from '../../ingest/inspect-index.js'
import { openIndex } from '../../ingest/paragraph-index.js'
import { describedDocument } from '../support/documents.js'
import {
  currentGeneration,
  ingestFolders,
  letterFolders,
  recordingEmbedder,
  searchIndex,
  temporaryFolder,
} from '../support/ingest-folders.js'

const embedder = openEmbeddedEmbedder()

function passage(number: number, text: string): IndexableDocument {
  const id = `passage-${number}`
  const document = describedDocument(id, { contentHash: sha256(text) })
  return {
    document,
    content: {
      source: text,
      paragraphs: [bareParagraph(id, 'p-1', text)],
      furniture: [],
      pages: null,
      repairedWords: 0,
      warnings: [],
    },
    enrichment: [],
  }
}

/** An index folder with three passages. */
async function smallIndex(): Promise<string> {
  const folder = await temporaryFolder()
  const texts = ['Parkeren kost vier euro.', 'De bibliotheek is open op zondag.', 'Dertig lindebomen.']
  await writeIndex(
    folder,
    texts.map((text, number) => passage(number, text)),
    embedder,
  )
  return folder
}

describe('an index of ready-made paragraphs', () => {
  it('is written from a stream, which is never in memory as a whole', async () => {
    const folder = await temporaryFolder()
    let [given, mostAhead] = [0, 0]
    const recording = recordingEmbedder()
    async function* passages() {
      for (let number = 0; number < 4_500; number++) {
        mostAhead = Math.max(mostAhead, given - recording.asked.length)
        given++
        yield passage(number, `In straat ${number} staan ${number * 7} bomen.`)
      }
    }
    const manifest = await writeIndex(folder, passages(), recording)
    expect(manifest).toMatchObject({ documents: 4_500, paragraphs: 4_500, vectors: 4_500 })
    expect(mostAhead).toBeLessThanOrEqual(2_000)
    expect((await searchIndex(folder, 'bomen in straat 4321'))[0]?.[0]).toBe('passage-4321#p-1')
    expect(await readdir(folder)).toHaveLength(2)
  })

  it('equals one that was written in other portions', async () => {
    const folders = [await temporaryFolder(), await temporaryFolder()]
    const passages = Array.from({ length: 30 }, (_, number) => passage(number, `Zin nummer ${number}.`))
    const one = await writeIndex(folders[0] as string, passages, embedder)
    const whole: IndexableDocument[] = passages
    async function* slowly() {
      for (const each of whole) {
        await new Promise(resolve => setImmediate(resolve))
        yield each
      }
    }
    const other = await writeIndex(folders[1] as string, slowly(), embedder)
    expect(other.version).toBe(one.version)
  })

  it('replaces the one before at one moment', async () => {
    const folder = await smallIndex()
    const before = await openIndex(folder, embedder)
    await writeIndex(folder, [passage(9, 'Iets anders.')], embedder)
    expect((await before.paragraph('passage-0#p-1'))?.text).toBe('Parkeren kost vier euro.')
    await before.close()
    const after = await openIndex(folder, embedder)
    expect(after.version).not.toBe(before.version)
    expect(await after.paragraph('passage-0#p-1')).toBeNull()
    await after.close()
  })

  it('that was closed answers questions that still run, after another took its place', async () => {
    const folder = await smallIndex()
    const before = await openIndex(folder, embedder)
    await before.close()
    await writeIndex(folder, [passage(9, 'Iets anders.')], embedder)
    expect((await before.content('passage-1'))?.source).toBe('De bibliotheek is open op zondag.')
  })

  it('can be empty', async () => {
    const folder = await temporaryFolder()
    expect((await writeIndex(folder, [], embedder)).paragraphs).toBe(0)
    expect(await searchIndex(folder, 'Wat kost parkeren?')).toEqual([])
  })
})

describe('an open index', () => {
  it('gives documents, contents and paragraphs, and null for what it does not know', async () => {
    const index = await openIndex(await smallIndex(), embedder)
    expect((await index.documents()).map(({ id }) => id)).toEqual(['passage-0', 'passage-1', 'passage-2'])
    expect((await index.content('passage-1'))?.source).toBe('De bibliotheek is open op zondag.')
    expect((await index.paragraph('passage-2#p-1'))?.text).toBe('Dertig lindebomen.')
    expect(await index.content('passage-7')).toBeNull()
    expect(await index.paragraph('passage-1#p-2')).toBeNull()
    await index.close()
  })
})

describe('an index folder', () => {
  const mends = 'npm run ingest'

  it('that is empty has no index, and says how to make one', async () => {
    await expect(openIndex(await temporaryFolder(), embedder)).rejects.toMatchObject({
      code: 'index-missing',
      message: expect.stringContaining(mends),
    })
  })

  it('in which any file is missing, cut short or changed by one bit is refused, naming the file and the cure', async () => {
    const folder = await smallIndex()
    const generation = await currentGeneration(folder)
    const names = await readdir(generation)
    expect(names.length).toBeGreaterThan(5)
    const harms = {
      missing: (path: string) => rm(path),
      'cut short': async (path: string, whole: Buffer) => truncate(path, whole.length - 1),
      longer: (path: string, whole: Buffer) => writeFile(path, Buffer.concat([whole, Buffer.from('x')])),
      'changed at the start': (path: string, whole: Buffer) => writeFile(path, flipped(whole, 0)),
      'changed in the middle': (path: string, whole: Buffer) =>
        writeFile(path, flipped(whole, whole.length >> 1)),
      'changed at the end': (path: string, whole: Buffer) =>
        writeFile(path, flipped(whole, whole.length - 1)),
    }
    for (const name of names) {
      const path = join(generation, name)
      const whole = await readFile(path)
      for (const [harm, damage] of Object.entries(harms)) {
        await damage(path, whole)
        const outcome = await openIndex(folder, embedder).then(
          () => 'opened',
          error => `${error.code}: ${error.message}`,
        )
        expect(`${name} ${harm}: ${outcome}`).toMatch(/: index-damaged: .*--force/)
        expect((await verifyIndex(folder, embedder)).complaints, `${name} ${harm}`).not.toEqual([])
        await writeFile(path, whole)
      }
    }
    await (await openIndex(folder, embedder)).close()
    expect((await verifyIndex(folder, embedder)).complaints).toEqual([])
  })

  it('whose pointer was changed is refused, also when it points outside', async () => {
    const folder = await smallIndex()
    const pointer = await readFile(join(folder, 'current'), 'utf8')
    for (const text of ['', '../elders', 'generation-x', pointer.slice(0, -5), `../${pointer}`]) {
      await writeFile(join(folder, 'current'), text)
      await expect(openIndex(folder, embedder)).rejects.toMatchObject({
        code: 'index-damaged',
        message: expect.stringContaining('--force'),
      })
    }
  })

  it('of another embedder is refused, naming both', async () => {
    const folder = await smallIndex()
    const other = { ...embedder, id: 'ollama:bge-m3', dimensions: 1024 }
    await expect(openIndex(folder, other)).rejects.toMatchObject({
      code: 'index-incompatible',
      message: expect.stringMatching(
        /embedded:.* \(256 dimensions\).*ollama:bge-m3 \(1024\).*npm run ingest/,
      ),
    })
  })

  it('of vectors of another length is refused', async () => {
    const folder = await smallIndex()
    await expect(openIndex(folder, { ...embedder, dimensions: 128 })).rejects.toMatchObject({
      code: 'index-incompatible',
    })
  })
})

describe('an index of an older format', () => {
  const fixture = fileURLToPath(new URL('fixtures/index-format-1', import.meta.url))

  it('is refused, naming both formats and the cure', async () => {
    await expect(openIndex(fixture, embedder)).rejects.toMatchObject({
      code: 'index-incompatible',
      message: expect.stringMatching(/format 1; this version reads 2\. .*npm run ingest -- --force/),
    })
    await expect(readIndexManifest(fixture)).rejects.toMatchObject({ code: 'index-incompatible' })
  })

  it('is replaced by the next ingest', async () => {
    const folders = await letterFolders()
    await cp(fixture, join(folders.data, 'index'), { recursive: true })
    expect((await ingestFolders(folders)).written).toBe(true)
    expect((await readIndexManifest(join(folders.data, 'index'))).formatVersion).toBe(2)
    expect((await readdir(join(folders.data, 'index'))).filter(name => name.startsWith('gen'))).toHaveLength(
      1,
    )
  })
})

describe('a disk that is full', () => {
  it('is a clear fault, and the old index stays', async () => {
    const folders = await letterFolders()
    await ingestFolders(folders)
    const before = await readIndexManifest(join(folders.data, 'index'))
    const script = fileURLToPath(new URL('../support/ingest-child.ts', import.meta.url))
    // No file may grow beyond 8 blocks of 1,024 bytes: the system refuses to write on, as it does on a full disk.
    const run = promisify(execFile)('bash', [
      '-c',
      'ulimit -f 8 && exec "$0" --import tsx "$@"',
      process.execPath,
      script,
      folders.sources,
      join(folders.data, 'index'),
      '--force',
    ])
    const failed = await run.then(
      () => null,
      error => error as { stdout: string; stderr: string },
    )
    expect(failed?.stdout, failed?.stderr).toContain('disk-full')
    expect(failed?.stdout).toContain('Make room')
    expect((await readIndexManifest(join(folders.data, 'index'))).version).toBe(before.version)
    expect((await verifyIndex(join(folders.data, 'index'), embedder)).complaints).toEqual([])
    expect((await ingestFolders(folders, { force: true })).written).toBe(true)
  })
})

describe('a folder that cannot be written to', () => {
  it('is a clear fault', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'index'), 'a file where a folder should be')
    await mkdir(join(folder, 'bronnen'))
    await expect(ingestFolders({ sources: join(folder, 'bronnen'), data: folder })).rejects.toThrow(/index/)
  })
})

it('counts what is in an index', async () => {
  const folders = await letterFolders()
  await ingestFolders(folders)
  expect(await indexStatistics(join(folders.data, 'index'))).toMatchObject({
    documents: 3,
    formatVersion: 2,
    dimensions: 256,
    failedFiles: 0,
  })
})

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] as number) ^ 4
  return copy
}
