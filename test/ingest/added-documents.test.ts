import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addDocuments, removeDocument } from '../../ingest/added-documents.js'
import { readManifest } from '../../ingest/catalogue.js'
import {
  ingestFolders,
  LETTERS,
  letterFolders,
  readTree,
  searchIndex,
  writeOldFile,
} from '../support/ingest-folders.js'

const AFVAL = 'Afval\n\nHet grofvuil wordt elke eerste maandag van de maand opgehaald door de gemeente.\n'

async function setting() {
  const folders = await letterFolders()
  const elsewhere = join(folders.data, '..', 'elders')
  await writeOldFile(join(elsewhere, 'Nota één.txt'), AFVAL)
  const documents = join(folders.data, 'documents')
  const add = (...names: string[]) =>
    addDocuments(
      names.map(name => join(elsewhere, name)),
      documents,
      { sources: [folders.sources] },
    )
  return { folders, elsewhere, documents, add }
}

describe('a file that is added', () => {
  it('is copied with its extracted text, and found beside the sources', async () => {
    const { folders, documents, add } = await setting()
    expect(await add('Nota één.txt')).toMatchObject([
      { outcome: 'added', documentId: 'nota-een', code: null, reason: null },
    ])
    expect(await readFile(join(documents, 'Nota één.txt'), 'utf8')).toBe(AFVAL)
    expect(await readFile(join(documents, 'extracted', 'nota-een.txt'), 'utf8')).toBe(AFVAL)
    const report = await ingestFolders(folders)
    expect(report.documents.map(({ documentId }) => documentId)).toEqual([
      'bibliotheek',
      'bomen',
      'parkeren',
      'nota-een',
    ])
    expect((await searchIndex(join(folders.data, 'index'), 'grofvuil'))[0]?.[0]).toMatch(/^nota-een#/)
  })

  it('stays when the file it came from is removed, and when the index is made anew', async () => {
    const { folders, elsewhere, add } = await setting()
    await add('Nota één.txt')
    await rm(elsewhere, { recursive: true })
    await ingestFolders(folders)
    const report = await ingestFolders(folders, { force: true })
    expect(report.documents.map(({ documentId }) => documentId)).toContain('nota-een')
  })

  it('again, unchanged, changes nothing', async () => {
    const { documents, add } = await setting()
    await add('Nota één.txt')
    const before = await readTree(documents)
    expect(await add('Nota één.txt')).toMatchObject([{ outcome: 'unchanged', documentId: 'nota-een' }])
    expect(await readTree(documents)).toEqual(before)
  })

  it('again, changed, is a new version of the same document', async () => {
    const { folders, elsewhere, documents, add } = await setting()
    await add('Nota één.txt')
    await ingestFolders(folders)
    await writeOldFile(join(elsewhere, 'Nota één.txt'), AFVAL.replace('eerste', 'tweede'))
    expect(await add('Nota één.txt')).toMatchObject([{ outcome: 'replaced', documentId: 'nota-een' }])
    expect((await readManifest(documents))?.documents).toHaveLength(1)
    const report = await ingestFolders(folders)
    expect(report.documents.at(-1)).toMatchObject({ documentId: 'nota-een', change: 'changed' })
    expect(await readFile(join(documents, 'extracted', 'nota-een.txt'), 'utf8')).toContain('tweede')
  })

  it('with a name that is taken gets a name and an id of its own', async () => {
    const { elsewhere, documents, add } = await setting()
    await writeOldFile(
      join(elsewhere, 'a', 'brief.txt'),
      'De eerste brief gaat over de lantaarns in de straat.',
    )
    await writeOldFile(join(elsewhere, 'b', 'brief.txt'), 'De tweede brief gaat over de banken in het park.')
    await writeOldFile(
      join(elsewhere, 'bomen.txt'),
      'Deze brief over bomen heet als een document van de bronnen.',
    )
    const added = await add('a/brief.txt', 'b/brief.txt', 'bomen.txt')
    expect(added.map(({ documentId }) => documentId)).toEqual(['brief', 'brief-2', 'bomen-2'])
    expect((await readManifest(documents))?.documents.map(({ file }) => file)).toEqual([
      'brief.txt',
      'brief-2.txt',
      'bomen.txt',
    ])
  })

  it('that cannot be read is told and not added, and the others are', async () => {
    const { elsewhere, documents, add } = await setting()
    await writeOldFile(join(elsewhere, 'leeg.txt'), '')
    await writeOldFile(join(elsewhere, 'foto.jpg'), Uint8Array.of(0xff, 0xd8, 0, 0, 1))
    const added = await add('leeg.txt', 'bestaat niet.txt', 'foto.jpg', 'Nota één.txt')
    expect(added.map(({ outcome, code }) => [outcome, code])).toEqual([
      ['failed', 'source-empty'],
      ['failed', 'source-missing'],
      ['failed', 'format-unsupported'],
      ['added', null],
    ])
    expect((await readdir(documents)).sort()).toEqual(['Nota één.txt', 'extracted', 'manifest.json'])
  })

  it('in a rehearsal is only told of', async () => {
    const { folders, elsewhere, documents } = await setting()
    const added = await addDocuments([join(elsewhere, 'Nota één.txt')], documents, {
      sources: [folders.sources],
      dryRun: true,
    })
    expect(added).toMatchObject([{ outcome: 'added', documentId: 'nota-een' }])
    await expect(readdir(documents)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a folder that is added', () => {
  it('stands for all its files, with the folders in it', async () => {
    const { elsewhere, documents, add } = await setting()
    await writeOldFile(
      join(elsewhere, 'bijlagen', 'tabel.txt'),
      'De tabel staat in de bijlage van de nota over afval.',
    )
    const added = await add('.')
    expect(added.map(({ documentId }) => documentId).sort()).toEqual(['bijlagen-tabel', 'nota-een'])
    expect(await readFile(join(documents, 'bijlagen', 'tabel.txt'), 'utf8')).toContain('bijlage')
  })

  it('with a manifest stands for what that lists, with what it says of it and the enrichment', async () => {
    const { folders, elsewhere, documents, add } = await setting()
    const described = { file: 'Nota één.txt', id: 'afvalnota', title: 'Nota over afval', date: '2024-05-01' }
    await writeOldFile(
      join(elsewhere, 'manifest.json'),
      JSON.stringify({ version: 1, documents: [described] }),
    )
    await writeOldFile(
      join(elsewhere, 'niet genoemd.txt'),
      'Deze tekst staat niet in het manifest van de map.',
    )
    const line = {
      document: 'Nota één.txt',
      paragraph: 'Het grofvuil',
      statements: [{ quote: 'eerste maandag', questions: ['Wanneer?'] }],
    }
    await writeOldFile(join(elsewhere, 'enrichment', 'Nota één.jsonl'), `${JSON.stringify(line)}\n`)
    await add('.')
    expect((await readManifest(documents))?.documents).toMatchObject([
      { id: 'afvalnota', title: 'Nota over afval', date: '2024-05-01' },
    ])
    const report = await ingestFolders(folders)
    expect(report.documents.at(-1)).toMatchObject({
      documentId: 'afvalnota',
      figures: { title: 'Nota over afval', statements: 1 },
    })
  })
})

describe('removing', () => {
  it('takes an added document, its copy and its text away', async () => {
    const { folders, documents, add } = await setting()
    await add('Nota één.txt')
    await ingestFolders(folders)
    await removeDocument('nota-een', documents, { sources: [folders.sources] })
    expect((await readManifest(documents))?.documents).toEqual([])
    expect(await readdir(join(documents, 'extracted'))).toEqual([])
    const report = await ingestFolders(folders)
    expect(report.removed).toEqual([{ file: 'Nota één.txt', documentId: 'nota-een' }])
  })

  it('refuses a document of the sources, and says where it comes from', async () => {
    const { folders, documents } = await setting()
    await mkdir(documents, { recursive: true })
    await expect(removeDocument('bomen', documents, { sources: [folders.sources] })).rejects.toMatchObject({
      code: 'document-unknown',
      message: expect.stringContaining(join(folders.sources, 'bomen.txt')),
    })
  })

  it('of an id that nobody knows names those that were added', async () => {
    const { folders, documents, add } = await setting()
    await add('Nota één.txt')
    await expect(removeDocument('nota', documents, { sources: [folders.sources] })).rejects.toMatchObject({
      code: 'document-unknown',
      message: expect.stringContaining('nota-een'),
    })
  })
})

it('recognises a document that the sources hold already', async () => {
  const { folders, elsewhere, add } = await setting()
  await writeOldFile(join(elsewhere, 'kopie.txt'), LETTERS['bomen.txt'])
  await add('kopie.txt')
  const report = await ingestFolders(folders)
  expect(report.documents.at(-1)).toMatchObject({
    change: 'duplicate',
    reason: expect.stringContaining('bomen'),
  })
})
