import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  bareEntry,
  describeDocument,
  listSources,
  readManifest,
  readSource,
  slugify,
} from '../../ingest/catalogue.js'
import { sha256 } from '../../ingest/durable-files.js'
import { temporaryFolder, writeOldFile } from '../support/ingest-folders.js'

const manifest = (documents: readonly object[]) => JSON.stringify({ version: 1, documents })

describe('a folder without a manifest', () => {
  it('yields all its files in the order of their names, also from folders in it', async () => {
    const folder = await temporaryFolder()
    for (const name of ['b.txt', 'a.md', 'onder/c.txt']) await writeOldFile(join(folder, name), 'Tekst.')
    const { files } = await listSources([folder])
    expect(files.map(({ file }) => file)).toEqual(['a.md', 'b.txt', 'onder/c.txt'])
    expect(files.map(({ documentId }) => documentId)).toEqual(['a', 'b', 'onder-c'])
  })

  it('leaves out hidden files, lock files of word processors and the enrichment', async () => {
    const folder = await temporaryFolder()
    for (const name of ['.DS_Store', '~$nota.docx', 'Thumbs.db', 'enrichment/nota.jsonl', 'nota.txt'])
      await writeOldFile(join(folder, name), 'Tekst.')
    expect((await listSources([folder])).files.map(({ file }) => file)).toEqual(['nota.txt'])
  })

  it('takes names with spaces and diacritics, with a readable id', async () => {
    const folder = await temporaryFolder()
    await writeOldFile(join(folder, 'Nota één — café.txt'), 'Tekst.')
    expect((await listSources([folder])).files[0]).toMatchObject({
      file: 'Nota één — café.txt',
      documentId: 'nota-een-cafe',
      fault: null,
    })
  })

  it('gives two files with the same readable id each an id of its own', async () => {
    const folder = await temporaryFolder()
    for (const name of ['nota 1.txt', 'nota-1.txt']) await writeOldFile(join(folder, name), 'Tekst.')
    const ids = (await listSources([folder])).files.map(({ documentId }) => documentId)
    expect(ids[0]).toBe('nota-1')
    expect(ids[1]).toMatch(/^nota-1-[0-9a-f]{6}$/)
  })

  it('follows a link to a file', async () => {
    const folder = await temporaryFolder()
    await writeOldFile(join(folder, 'elders', 'nota.txt'), 'Tekst.')
    await symlink(join(folder, 'elders', 'nota.txt'), join(folder, 'link.txt'))
    expect((await listSources([folder])).files.find(({ file }) => file === 'link.txt')?.fault).toBeNull()
  })
})

describe('a folder with a manifest', () => {
  it('yields the files it lists, in its order, and names the others in a warning', async () => {
    const folder = await temporaryFolder()
    for (const name of ['een.txt', 'twee.txt', 'drie.txt', 'README.md'])
      await writeOldFile(join(folder, name), name)
    await writeOldFile(
      join(folder, 'manifest.json'),
      manifest([
        { file: 'twee.txt', id: 'tweede', title: 'Twee' },
        { file: 'een.txt', id: 'eerste', title: 'Een' },
      ]),
    )
    const { files, warnings } = await listSources([folder])
    expect(files.map(({ documentId }) => documentId)).toEqual(['tweede', 'eerste'])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('drie.txt')
    expect(warnings[0]).not.toContain('README.md')
  })

  it('lists a missing file with its fault', async () => {
    const folder = await temporaryFolder()
    await writeOldFile(join(folder, 'manifest.json'), manifest([{ file: 'weg.txt', id: 'weg', title: null }]))
    const { files } = await listSources([folder])
    expect(files[0]?.fault).toMatchObject({
      code: 'source-missing',
      message: expect.stringContaining('take it out of what names it'),
    })
  })

  it('finds a file whose accents the disk stores as separate characters', async () => {
    const folder = await temporaryFolder()
    await writeOldFile(join(folder, 'één.txt'.normalize('NFD')), 'Tekst.')
    await writeOldFile(
      join(folder, 'manifest.json'),
      manifest([{ file: 'één.txt'.normalize('NFC'), id: 'een', title: null }]),
    )
    const { files, warnings } = await listSources([folder])
    expect(files[0]?.fault).toBeNull()
    expect(warnings).toEqual([])
  })

  it.each([
    ['is no JSON', '{', /manifest\.json is not a valid manifest/],
    ['names a field that does not exist', manifest([{ file: 'a.txt', id: 'a', titel: 'A' }]), /titel/],
    ['has an id that is no slug', manifest([{ file: 'a.txt', id: 'A b', title: null }]), /lower-case/],
    [
      'reaches outside its folder',
      manifest([{ file: '../a.txt', id: 'a', title: null }]),
      /inside the folder/,
    ],
    [
      'names an id twice',
      manifest([
        { file: 'a.txt', id: 'a', title: null },
        { file: 'b.txt', id: 'a', title: null },
      ]),
      /the id a twice/,
    ],
  ])('is refused when it %s', async (_, text, message) => {
    const folder = await temporaryFolder()
    await writeOldFile(join(folder, 'manifest.json'), text)
    await expect(readManifest(folder)).rejects.toMatchObject({
      code: 'manifest-invalid',
      message: expect.stringMatching(message),
    })
  })

  it('refuses a file whose bytes are not those that it describes', async () => {
    const folder = await temporaryFolder()
    await writeOldFile(join(folder, 'nota.txt'), 'Veranderd.')
    const entry = { file: 'nota.txt', id: 'nota', title: null, sha256: sha256('Oorspronkelijk.') }
    await writeOldFile(join(folder, 'manifest.json'), manifest([entry]))
    const [source] = (await listSources([folder])).files
    await expect(readSource(source as NonNullable<typeof source>)).rejects.toMatchObject({
      code: 'source-altered',
      message: expect.stringContaining(sha256('Veranderd.')),
    })
  })
})

describe('a file that cannot be ingested', () => {
  it('is empty', async () => {
    const folder = await temporaryFolder()
    await writeOldFile(join(folder, 'leeg.txt'), '')
    expect((await listSources([folder])).files[0]?.fault?.code).toBe('source-empty')
  })

  it('is too large, and is not read to find that out', async () => {
    const folder = await temporaryFolder()
    await writeOldFile(join(folder, 'groot.pdf'), '')
    const { truncate } = await import('node:fs/promises')
    await truncate(join(folder, 'groot.pdf'), 300_000_000)
    expect((await listSources([folder])).files[0]?.fault).toMatchObject({
      code: 'source-too-large',
      message: expect.stringContaining('300 MB'),
    })
  })
})

describe('a source folder', () => {
  it('that does not exist is a fault that names SOURCES', async () => {
    await expect(listSources(['/bestaat/niet'])).rejects.toMatchObject({
      code: 'source-missing',
      message: expect.stringContaining('SOURCES'),
    })
  })

  it('that is optional may be missing', async () => {
    expect((await listSources([], ['/bestaat/niet'])).files).toEqual([])
  })

  it('that is named twice is read once', async () => {
    const folder = await temporaryFolder()
    await writeOldFile(join(folder, 'nota.txt'), 'Tekst.')
    expect((await listSources([folder, folder])).files).toHaveLength(1)
  })
})

describe('the description of a document', () => {
  const source = {
    path: '/b/nota.txt',
    folder: '/b',
    file: 'nota.txt',
    documentId: 'nota',
    facts: null,
    fault: null,
  }
  const found = { title: 'Gevonden titel', date: '2020-01-01', documentNumber: '12/20' }
  const bare = bareEntry('nota.txt', 'nota')

  it('prefers the manifest over what the document says, and that over the file name', () => {
    const entry = { ...bare, title: 'Titel uit het manifest' }
    expect(describeDocument({ ...source, manifestEntry: entry }, 'hash', found)).toMatchObject({
      title: 'Titel uit het manifest',
      date: '2020-01-01',
    })
    expect(describeDocument({ ...source, manifestEntry: null }, 'hash', found).title).toBe('Gevonden titel')
    const nothing = { title: null, date: null, documentNumber: null }
    expect(describeDocument({ ...source, manifestEntry: null }, 'hash', nothing).title).toBe('nota')
  })

  it('marks what comes from general knowledge', () => {
    const entry = { ...bare, institution: { value: 'De Raad', origin: 'general knowledge' as const } }
    expect(describeDocument({ ...source, manifestEntry: entry }, 'hash', found)).toMatchObject({
      institution: 'De Raad',
      generalKnowledge: ['institution'],
    })
  })
})

it('makes a slug of any name', () => {
  expect(slugify('Besluit nr. 12 (één)')).toBe('besluit-nr-12-een')
  expect(slugify('政策')).toBe('document')
})
