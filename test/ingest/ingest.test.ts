import { chmod, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../../ingest/durable-files.js'
import { openEmbeddedEmbedder } from '../../ingest/embedded-embedder.js'
import { IngestFault } from '../../ingest/faults.js'
import type { IngestReport } from '../../ingest/ingest.js'
import { totalParagraphs } from '../../ingest/ledger.js'
import { openIndex } from '../../ingest/paragraph-index.js'
import {
  currentGeneration,
  ingestFolders,
  LETTERS,
  letterFolders,
  readTree,
  recordingEmbedder,
  searchIndex,
  temporaryFolder,
  writeOldFile,
} from '../support/ingest-folders.js'

const changes = ({ documents }: IngestReport) =>
  Object.fromEntries(documents.map(({ file, change }) => [file, change]))

async function paragraphsOf(indexFolder: string) {
  const index = await openIndex(indexFolder, openEmbeddedEmbedder())
  try {
    const contents = await Promise.all((await index.documents()).map(({ id }) => index.content(id)))
    return contents.flatMap(content => content?.paragraphs ?? [])
  } finally {
    await index.close()
  }
}

const ids = async (indexFolder: string) => (await paragraphsOf(indexFolder)).map(({ id }) => id)

/** The files of the current generation by name. */
const generation = async (indexFolder: string) => readTree(await currentGeneration(indexFolder))

async function expectSameIndex(one: string, other: string): Promise<void> {
  const [left, right] = [await generation(one), await generation(other)]
  expect([...left.keys()].sort()).toEqual([...right.keys()].sort())
  for (const [name, bytes] of left)
    expect(`${name} ${sha256(bytes)}`).toBe(`${name} ${sha256(right.get(name) as Buffer)}`)
}

describe('the first ingest', () => {
  it('makes an index of every document and tells what it found in each', async () => {
    const folders = await letterFolders()
    const report = await ingestFolders(folders)
    expect(report).toMatchObject({ written: true, removed: [], warnings: [] })
    expect(report.documents.map(({ file, status, change }) => [file, status, change])).toEqual([
      ['bibliotheek.txt', 'ok', 'new'],
      ['bomen.txt', 'ok', 'new'],
      ['parkeren.txt', 'ok', 'new'],
    ])
    const [library] = report.documents
    expect(library?.bytes).toBe(Buffer.byteLength(LETTERS['bibliotheek.txt']))
    expect(library?.figures?.format).toBe('text')
    expect(library?.figures?.paragraphLength?.median).toBeGreaterThan(10)
    const counted = report.documents.reduce(
      (sum, { figures }) => sum + (figures ? totalParagraphs(figures) : 0),
      0,
    )
    expect(counted).toBe((await paragraphsOf(join(folders.data, 'index'))).length)
  })

  it('makes an empty index of an empty folder', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'bronnen'))
    const report = await ingestFolders({ sources: join(folder, 'bronnen'), data: join(folder, 'data') })
    expect(report.documents).toEqual([])
    expect(await searchIndex(join(folder, 'data', 'index'), 'Wat kost parkeren?')).toEqual([])
  })

  it('leaves no unfinished files behind', async () => {
    const folders = await letterFolders()
    await ingestFolders(folders)
    const names = await readdir(join(folders.data, 'index'), { recursive: true })
    expect(names.filter(name => name.includes('unfinished') || name.includes('lock'))).toEqual([])
  })
})

describe('an ingest of what did not change', () => {
  it('writes nothing, reads no document and embeds nothing', async () => {
    const folders = await letterFolders()
    await ingestFolders(folders)
    const before = await readTree(folders.data)
    const embedder = recordingEmbedder()
    const report = await ingestFolders(folders, { embedder })
    expect(report.written).toBe(false)
    expect(changes(report)).toEqual({
      'bibliotheek.txt': 'unchanged',
      'bomen.txt': 'unchanged',
      'parkeren.txt': 'unchanged',
    })
    expect(embedder.asked).toEqual([])
    expect(await readTree(folders.data)).toEqual(before)
  })

  it('notices a file whose bytes changed while its size did not', async () => {
    const folders = await letterFolders()
    await ingestFolders(folders)
    await writeFile(
      join(folders.sources, 'parkeren.txt'),
      LETTERS['parkeren.txt'].replace('vier euro', 'vijf euro').replace('zes uur', 'zes uu'),
    )
    expect(changes(await ingestFolders(folders))['parkeren.txt']).toBe('changed')
  })

  it('does not trust the time of a file that changed when the ledger was written', async () => {
    const folders = await letterFolders()
    const path = join(folders.sources, 'parkeren.txt')
    await writeFile(path, LETTERS['parkeren.txt'])
    await ingestFolders(folders)
    const { stat, utimes } = await import('node:fs/promises')
    const { atime, mtime } = await stat(path)
    await writeFile(path, LETTERS['parkeren.txt'].replace('vier', 'drie'))
    await utimes(path, atime, mtime)
    expect(changes(await ingestFolders(folders))['parkeren.txt']).toBe('changed')
  })

  it('does everything again when forced', async () => {
    const folders = await letterFolders()
    await ingestFolders(folders)
    const embedder = recordingEmbedder()
    const report = await ingestFolders(folders, { embedder, force: true })
    expect(report.written).toBe(true)
    expect(embedder.asked.length).toBeGreaterThan(5)
  })
})

describe('an ingest after changes', () => {
  async function changedFolders() {
    const folders = await letterFolders()
    await ingestFolders(folders)
    const before = await ids(join(folders.data, 'index'))
    await rm(join(folders.sources, 'bomen.txt'))
    await writeOldFile(
      join(folders.sources, 'bibliotheek.txt'),
      `${LETTERS['bibliotheek.txt']}\nOp feestdagen is de bibliotheek de hele dag gesloten voor bezoekers.\n`,
    )
    await writeOldFile(
      join(folders.sources, 'afval.txt'),
      'Afval\n\nHet grofvuil wordt elke eerste maandag van de maand opgehaald door de gemeente.\n',
    )
    return { folders, before }
  }

  it('embeds only the texts of the documents that changed', async () => {
    const { folders } = await changedFolders()
    const embedder = recordingEmbedder()
    const report = await ingestFolders(folders, { embedder })
    expect(changes(report)).toEqual({
      'afval.txt': 'new',
      'bibliotheek.txt': 'changed',
      'parkeren.txt': 'unchanged',
    })
    expect(report.removed).toEqual([{ file: 'bomen.txt', documentId: 'bomen' }])
    expect(embedder.asked.join('\n')).toContain('grofvuil')
    expect(embedder.asked.join('\n')).not.toContain('parkeren in de binnenstad')
  })

  it('gives the index of a full ingest, byte for byte: paragraphs, vectors and search', async () => {
    const { folders } = await changedFolders()
    await ingestFolders(folders)
    const full = { sources: folders.sources, data: await temporaryFolder() }
    await ingestFolders(full)
    const [incremental, anew] = [join(folders.data, 'index'), join(full.data, 'index')]
    await expectSameIndex(incremental, anew)
    expect(await paragraphsOf(incremental)).toEqual(await paragraphsOf(anew))
    for (const question of ['Wat kost parkeren?', 'Wanneer is de bibliotheek gesloten?', 'grofvuil'])
      expect(await searchIndex(incremental, question)).toEqual(await searchIndex(anew, question))
  })

  it('keeps the ids of paragraphs that did not change', async () => {
    const { folders, before } = await changedFolders()
    await ingestFolders(folders)
    const after = await ids(join(folders.data, 'index'))
    expect(after).toEqual(expect.arrayContaining(before.filter(id => !id.startsWith('bomen#'))))
  })

  it('finds what is new, and nothing of what was removed', async () => {
    const { folders } = await changedFolders()
    await ingestFolders(folders)
    const index = join(folders.data, 'index')
    expect((await searchIndex(index, 'Wanneer wordt het grofvuil opgehaald?'))[0]?.[0]).toMatch(/^afval#/)
    expect((await ids(index)).filter(id => id.startsWith('bomen#'))).toEqual([])
  })

  it('removes the parts of documents that are gone', async () => {
    const { folders } = await changedFolders()
    await ingestFolders(folders)
    expect(await readdir(join(folders.data, 'index', 'parts'))).toHaveLength(3)
  })

  it('changes the graph of a large index instead of building it anew, and finds the same', async () => {
    const { folders } = await changedFolders()
    await ingestFolders(folders, { leastToChange: 1 })
    const full = { sources: folders.sources, data: await temporaryFolder() }
    await ingestFolders(full)
    for (const question of ['Wat kost parkeren?', 'Wanneer is de bibliotheek gesloten?', 'grofvuil'])
      expect(await searchIndex(join(folders.data, 'index'), question)).toEqual(
        await searchIndex(join(full.data, 'index'), question),
      )
  })

  it('takes a renamed file as one document gone and one new', async () => {
    const folders = await letterFolders()
    await ingestFolders(folders)
    await rename(join(folders.sources, 'bomen.txt'), join(folders.sources, 'lindes.txt'))
    const report = await ingestFolders(folders)
    expect(changes(report)['lindes.txt']).toBe('new')
    expect(report.removed).toEqual([{ file: 'bomen.txt', documentId: 'bomen' }])
  })

  it('follows the enrichment of a document', async () => {
    const folders = await letterFolders()
    await ingestFolders(folders)
    const line = {
      document: 'bomen.txt',
      paragraph: 'Langs de singel',
      statements: [{ quote: 'dertig lindebomen', questions: ['Hoeveel bomen worden er geplant?'] }],
    }
    await writeOldFile(join(folders.sources, 'enrichment', 'bomen.jsonl'), `${JSON.stringify(line)}\n`)
    const report = await ingestFolders(folders)
    expect(changes(report)).toEqual({
      'bibliotheek.txt': 'unchanged',
      'bomen.txt': 'changed',
      'parkeren.txt': 'unchanged',
    })
    expect(report.documents[1]?.figures).toMatchObject({ statements: 1, unplacedEnrichment: [] })
  })

  it('names enrichment that is placed nowhere', async () => {
    const folders = await letterFolders()
    const line = {
      document: 'bomen.txt',
      paragraph: 'x',
      statements: [{ quote: 'veertig platanen', questions: ['?'] }],
    }
    await writeOldFile(join(folders.sources, 'enrichment', 'bomen.jsonl'), `${JSON.stringify(line)}\n`)
    const report = await ingestFolders(folders)
    expect(report.documents[1]).toMatchObject({
      status: 'ok',
      figures: { unplacedEnrichment: ['veertig platanen'] },
    })
  })

  it('leaves enrichment out when asked to', async () => {
    const folders = await letterFolders()
    const line = {
      document: 'bomen.txt',
      paragraph: 'Langs de singel',
      statements: [{ quote: 'dertig lindebomen', questions: ['Hoeveel bomen?'] }],
    }
    await writeOldFile(join(folders.sources, 'enrichment', 'bomen.jsonl'), `${JSON.stringify(line)}\n`)
    const report = await ingestFolders(folders, { enrichment: false })
    expect(report.documents[1]?.figures?.statements).toBe(0)
  })
})

describe('a file that cannot be ingested', () => {
  it('does not stop the others, and each says what to do', async () => {
    const folders = await letterFolders()
    await writeOldFile(join(folders.sources, 'leeg.txt'), '')
    await writeOldFile(join(folders.sources, 'wit.txt'), ' \n\n ')
    await writeOldFile(join(folders.sources, 'foto.jpg'), Uint8Array.of(0xff, 0xd8, 0xff, 0, 0, 0, 0, 1))
    await writeOldFile(join(folders.sources, 'tekst.docx'), 'PK\u0003\u0004geen document\0\0')
    await writeOldFile(join(folders.sources, 'groot.pdf'), 'x')
    await truncate(join(folders.sources, 'groot.pdf'), 300_000_000)
    await writeOldFile(join(folders.sources, 'enrichment', 'bomen.jsonl'), '{"geen": "verrijking"}\n')
    const report = await ingestFolders(folders)
    const failed = report.documents.filter(({ status }) => status === 'failed')
    expect(Object.fromEntries(failed.map(({ file, code }) => [file, code]))).toMatchObject({
      'leeg.txt': 'source-empty',
      'wit.txt': 'source-empty',
      'foto.jpg': 'format-unsupported',
      'groot.pdf': 'source-too-large',
      'bomen.txt': 'enrichment-invalid',
    })
    expect(failed.map(({ file }) => file)).toContain('tekst.docx')
    for (const { reason } of failed) expect(reason?.length).toBeGreaterThan(30)
    expect(report.documents.filter(({ status }) => status === 'ok').map(({ file }) => file)).toEqual([
      'bibliotheek.txt',
      'parkeren.txt',
    ])
    expect((await searchIndex(join(folders.data, 'index'), 'Wat kost parkeren?'))[0]?.[0]).toMatch(
      /^parkeren#/,
    )
  })

  it('is not tried again while it stays the same, and is reported again', async () => {
    const folders = await letterFolders()
    await writeOldFile(join(folders.sources, 'foto.jpg'), Uint8Array.of(0xff, 0xd8, 0xff, 0, 0, 0))
    await ingestFolders(folders)
    const report = await ingestFolders(folders)
    expect(report.written).toBe(false)
    expect(report.documents.find(({ file }) => file === 'foto.jpg')).toMatchObject({
      status: 'failed',
      code: 'format-unsupported',
    })
  })

  it('keeps its last good version in the index', async () => {
    const folders = await letterFolders()
    await ingestFolders(folders)
    await writeOldFile(join(folders.sources, 'bomen.txt'), '')
    const report = await ingestFolders(folders)
    expect(report.documents.find(({ file }) => file === 'bomen.txt')).toMatchObject({
      status: 'failed',
      change: 'kept',
      reason: expect.stringContaining('stays in the index'),
    })
    expect((await searchIndex(join(folders.data, 'index'), 'lindebomen'))[0]?.[0]).toMatch(/^bomen#/)
    expect((await ingestFolders(folders)).written).toBe(false)
    await writeOldFile(join(folders.sources, 'bomen.txt'), LETTERS['bomen.txt'])
    expect((await ingestFolders(folders)).documents.find(({ file }) => file === 'bomen.txt')).toMatchObject({
      status: 'ok',
      change: 'unchanged',
      reason: null,
    })
  })

  it('is one that its manifest does not describe any more', async () => {
    const folders = await letterFolders()
    const documents = [
      { file: 'bomen.txt', id: 'bomen', title: 'Bomen', sha256: sha256('iets anders') },
      { file: 'weg.txt', id: 'weg', title: 'Weg' },
      { file: 'parkeren.txt', id: 'parkeren', title: 'Parkeren' },
    ]
    await writeOldFile(join(folders.sources, 'manifest.json'), JSON.stringify({ version: 1, documents }))
    const report = await ingestFolders(folders)
    expect(report.documents.map(({ status, code }) => [status, code])).toEqual([
      ['failed', 'source-altered'],
      ['failed', 'source-missing'],
      ['ok', null],
    ])
    expect(report.warnings[0]).toContain('bibliotheek.txt')
  })

  it.runIf(process.getuid?.() !== 0)('is one without permission to read', async () => {
    const folders = await letterFolders()
    await chmod(join(folders.sources, 'bomen.txt'), 0)
    const report = await ingestFolders(folders)
    expect(report.documents.find(({ file }) => file === 'bomen.txt')).toMatchObject({
      status: 'failed',
      code: 'source-unreadable',
      reason: expect.stringContaining('read access'),
    })
  })
})

describe('the same document twice', () => {
  it('is indexed once, and the ledger names the other', async () => {
    const folders = await letterFolders()
    await writeOldFile(join(folders.sources, 'kopie van bomen.txt'), LETTERS['bomen.txt'])
    const report = await ingestFolders(folders)
    expect(report.documents.find(({ file }) => file === 'kopie van bomen.txt')).toMatchObject({
      status: 'ok',
      change: 'duplicate',
      reason: expect.stringContaining('bomen.txt'),
      figures: null,
    })
    const before = await ids(join(folders.data, 'index'))
    expect(new Set(before).size).toBe(before.length)
    expect((await ingestFolders(folders)).written).toBe(false)
  })

  it('is tried by its other name when the first cannot be read', async () => {
    const folders = await letterFolders()
    const junk = Uint8Array.of(0xff, 0xd8, 0xff, 0, 0, 0, 7)
    for (const name of ['foto.jpg', 'foto.png']) await writeOldFile(join(folders.sources, name), junk)
    for (const written of [true, false]) {
      const report = await ingestFolders(folders)
      expect(report.written).toBe(written)
      expect(
        report.documents.filter(({ file }) => file.startsWith('foto')).map(({ status }) => status),
      ).toEqual(['failed', 'failed'])
    }
  })

  it('is indexed from its copy when the first is removed', async () => {
    const folders = await letterFolders()
    await writeOldFile(join(folders.sources, 'zz kopie.txt'), LETTERS['bomen.txt'])
    await ingestFolders(folders)
    await rm(join(folders.sources, 'bomen.txt'))
    const report = await ingestFolders(folders)
    expect(changes(report)['zz kopie.txt']).toBe('new')
    expect((await searchIndex(join(folders.data, 'index'), 'lindebomen'))[0]?.[0]).toMatch(/^zz-kopie#/)
  })
})

it('a new version beside the old one is told of', async () => {
  const folders = await letterFolders()
  await writeOldFile(
    join(folders.sources, 'parkeren versie 2.txt'),
    LETTERS['parkeren.txt'].replace('vier euro', 'vijf euro'),
  )
  const told = expect.stringMatching(/^parkeren-versie-2 and parkeren share about \d+ % of their paragraphs/)
  expect((await ingestFolders(folders)).warnings).toEqual([told])
  expect((await ingestFolders(folders)).warnings).toEqual([told])
})

describe('a rehearsal', () => {
  it('tells what would happen and writes nothing', async () => {
    const folders = await letterFolders()
    const first = await ingestFolders(folders, { dryRun: true })
    expect(changes(first)['bomen.txt']).toBe('new')
    expect(first.documents[0]?.figures?.paragraphs).not.toEqual({})
    await expect(readdir(folders.data)).rejects.toMatchObject({ code: 'ENOENT' })
    await ingestFolders(folders)
    const before = await readTree(folders.data)
    await writeOldFile(join(folders.sources, 'bomen.txt'), 'Heel andere tekst over bomen langs de weg.\n')
    expect(changes(await ingestFolders(folders, { dryRun: true }))['bomen.txt']).toBe('changed')
    expect(await readTree(folders.data)).toEqual(before)
  })
})

describe('an ingest that was interrupted', () => {
  it('leaves the old index, and the next one does only what is left', async () => {
    const folders = await letterFolders()
    const failing = recordingEmbedder()
    const embedder = {
      ...failing,
      embedPassages: async (texts: readonly string[]) => {
        if (texts.join().includes('tarief'))
          throw new IngestFault('embedder-unavailable', 'Het model is weg.')
        return failing.embedPassages(texts)
      },
    }
    await expect(ingestFolders(folders, { embedder })).rejects.toMatchObject({ code: 'embedder-unavailable' })
    await expect(openIndex(join(folders.data, 'index'), embedder)).rejects.toMatchObject({
      code: 'index-missing',
    })
    expect(failing.asked.join()).toContain('lindebomen')
    const later = recordingEmbedder()
    const report = await ingestFolders(folders, { embedder: later })
    expect(report.documents.map(({ status, change }) => `${status} ${change}`)).toEqual([
      'ok new',
      'ok new',
      'ok new',
    ])
    expect(later.asked.join()).toContain('tarief')
    expect(later.asked.join()).not.toContain('lindebomen')
  })

  it('by its caller writes nothing', async () => {
    const folders = await letterFolders()
    const signal = AbortSignal.abort(new Error('gestopt'))
    await expect(ingestFolders(folders, { signal })).rejects.toThrow('gestopt')
    await expect(readFile(join(folders.data, 'index', 'current'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('has its leftovers removed by the next one', async () => {
    const folders = await letterFolders()
    const index = join(folders.data, 'index')
    await writeOldFile(
      join(index, 'generation-11111111-2222-3333-4444-555555555555', 'content.jsonl'),
      'half',
    )
    await writeOldFile(join(index, 'current.0123.unfinished'), 'half')
    await writeOldFile(join(index, 'parts', 'x.part.unfinished'), 'half')
    await ingestFolders(folders)
    const names = (await readdir(index, { recursive: true })).join()
    expect(names).not.toContain('unfinished')
    expect(names).not.toContain('11111111')
  })
})

it('an ingest that was killed when its work was done has its leftovers removed by the next one', async () => {
  const folders = await letterFolders()
  await ingestFolders(folders)
  const index = join(folders.data, 'index')
  const before = (await readdir(index)).sort()
  await writeOldFile(join(index, 'generation-11111111-2222-3333-4444-555555555555', 'content.jsonl'), 'old')
  await writeOldFile(
    join(index, 'ingest.lock'),
    JSON.stringify({ token: 't', pid: 2 ** 22 + 1, host: hostname(), processStart: null, since: '' }),
  )
  expect((await ingestFolders(folders)).written).toBe(false)
  expect((await readdir(index)).sort()).toEqual(before)
})

describe('damage', () => {
  async function ingested() {
    const folders = await letterFolders()
    await ingestFolders(folders)
    return { folders, index: join(folders.data, 'index') }
  }

  it('of a file of the index is mended by the next ingest, from the stored parts', async () => {
    const { folders, index } = await ingested()
    for (const name of await readdir(await currentGeneration(index))) {
      const path = join(await currentGeneration(index), name)
      const bytes = await readFile(path)
      bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] as number) ^ 1
      await writeFile(path, bytes)
      const embedder = recordingEmbedder()
      expect((await ingestFolders(folders, { embedder })).written).toBe(true)
      expect(embedder.asked).toEqual([])
      await (await openIndex(index, openEmbeddedEmbedder())).close()
    }
  })

  it('of a stored part is noticed when it is needed, and only that document is read again', async () => {
    const { folders, index } = await ingested()
    const parts = join(index, 'parts')
    for (const name of await readdir(parts)) {
      const bytes = await readFile(join(parts, name))
      if (!bytes.includes('lindebomen')) continue
      bytes[bytes.length - 5] = (bytes[bytes.length - 5] as number) ^ 1
      await writeFile(join(parts, name), bytes)
    }
    await rm(join(index, 'current'))
    const embedder = recordingEmbedder()
    await ingestFolders(folders, { embedder })
    expect(embedder.asked.join()).toContain('lindebomen')
    expect(embedder.asked.join()).not.toContain('binnenstad')
  })

  it('of the ledger costs a look at every file and nothing else', async () => {
    const { folders, index } = await ingested()
    await writeFile(join(index, 'ledger.json'), '{"version":1,')
    const embedder = recordingEmbedder()
    const report = await ingestFolders(folders, { embedder })
    expect(report.documents.every(({ status }) => status === 'ok')).toBe(true)
    expect(embedder.asked).toEqual([])
  })
})

describe('two ingests at once', () => {
  it('both end with the same whole index', async () => {
    const folders = await letterFolders()
    const reports = await Promise.all([1, 2, 3].map(() => ingestFolders(folders, { patience: 60_000 })))
    expect(reports.filter(({ written }) => written)).toHaveLength(1)
    await (await openIndex(join(folders.data, 'index'), openEmbeddedEmbedder())).close()
  })

  it('are refused without patience, naming the holder', async () => {
    const folders = await letterFolders()
    const results = await Promise.allSettled([ingestFolders(folders), ingestFolders(folders)])
    const refused = results.filter(result => result.status === 'rejected')
    expect(refused).toHaveLength(1)
    expect(refused[0]?.reason).toMatchObject({
      code: 'index-locked',
      message: expect.stringContaining(`process ${process.pid}`),
    })
  })
})

it('reports progress in documents and bytes', async () => {
  const folders = await letterFolders()
  const seen: string[] = []
  await ingestFolders(folders, {
    onProgress: ({ phase, done, total }) => seen.push(`${phase} ${done}/${total}`),
  })
  expect(seen).toEqual(expect.arrayContaining(['documents 1/3', 'documents 3/3']))
})
