/** A folder as a new user fills it, with the mistakes that new users make. */
import { chmod, copyFile, mkdir, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ingestFolders, searchIndex, temporaryFolder } from '../../support/ingest-folders.js'

const FIXTURES = join(import.meta.dirname, 'fixtures')
const PAGE =
  '<!DOCTYPE html><html lang="nl"><title>Zee</title><main><h1>De zee</h1><p>Iedereen mag zwemmen in de zee bij de vuurtoren.</p></main></html>'
const LAW =
  '---\ntitel: Zeewet\nidentificatie: BWBR0099999\ndatum: 2031-07-01\n---\n\n# Zeewet\n\n## Artikel 1\nDe kustwacht bewaakt de havenmond.\n'

async function ownFolder(): Promise<{ sources: string; data: string }> {
  const folder = await temporaryFolder()
  const sources = join(folder, 'Mijn stukken')
  await mkdir(join(sources, 'map'), { recursive: true })
  const copy = (from: string, to: string) => copyFile(join(FIXTURES, from), join(sources, to))
  await copy('letter.docx', 'Brief van de minister (définitief).docx')
  await copy('letter-tagged.pdf', 'brief.pdf')
  await copy('letter-tagged.pdf', 'map/kopie.pdf')
  await copy('locked.pdf', 'met wachtwoord.pdf')
  await copy('scan.pdf', 'scan.pdf')
  await writeFile(join(sources, 'pagina.html'), PAGE)
  // What a browser saves beside a page.
  await mkdir(join(sources, 'pagina_bestanden'))
  await writeFile(join(sources, 'pagina_bestanden', 'logo.png'), Uint8Array.from([0x89, 0x50, 0, 0]))
  await writeFile(join(sources, 'pagina_bestanden', 'kader.html'), PAGE)
  await writeFile(
    join(sources, 'archief.mhtml'),
    'From: <Saved by Blink>\r\nSubject: Zee\r\nMIME-Version: 1.0\r\n\r\n------x\r\nContent-Type: text/html\r\n',
  )
  await writeFile(join(sources, 'BWBR0099999.md'), LAW)
  await writeFile(join(sources, 'hernoemd.docx'), 'PK\u0003\u0004 geen document')
  await writeFile(join(sources, 'foto.jpg'), Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0, 0]))
  await writeFile(join(sources, 'oud.rtf'), '{\\rtf1\\ansi Hallo}')
  await writeFile(join(sources, 'leeg.txt'), '')
  // The file has no content on disk: it is refused by its size, before it is read.
  await writeFile(join(sources, 'groot.txt'), '')
  await truncate(join(sources, 'groot.txt'), 300_000_000)
  return { sources, data: join(folder, 'data') }
}

describe('a folder of own documents', () => {
  it('every file has a line that says what became of it, and what to do', async () => {
    const folders = await ownFolder()
    const { documents: entries } = await ingestFolders(folders)
    const line = (file: string) => {
      const entry = entries.find(each => each.file.normalize('NFC') === file)
      return entry && [entry.status, entry.code, entry.reason]
    }
    const says = (words: string) => expect.stringContaining(words)
    expect(line('Brief van de minister (définitief).docx')).toEqual(['ok', null, null])
    expect(line('brief.pdf')).toEqual(['ok', null, null])
    expect(line('pagina.html')).toEqual(['ok', null, null])
    expect(line('BWBR0099999.md')).toEqual(['ok', null, null])
    expect(line('map/kopie.pdf')).toEqual(['ok', null, says('Remove one of the two')])
    expect(line('met wachtwoord.pdf')).toEqual(['failed', 'format-damaged', says('without the password')])
    expect(line('scan.pdf')).toEqual(['failed', 'source-empty', says('OCR')])
    expect(line('hernoemd.docx')).toEqual(['failed', 'format-damaged', says('no Word document')])
    expect(line('foto.jpg')).toEqual(['failed', 'format-unsupported', says('Save it as')])
    expect(line('oud.rtf')).toEqual(['failed', 'format-unsupported', says('Save it as')])
    expect(line('archief.mhtml')).toEqual(['failed', 'format-unsupported', says('Save it as HTML or PDF')])
    expect(line('leeg.txt')).toEqual(['failed', 'source-empty', says('empty')])
    expect(line('groot.txt')).toEqual(['failed', 'source-too-large', says('Split it')])
    expect(entries).toHaveLength(13)
  })

  it('what could be read is found, in every format', async () => {
    const folders = await ownFolder()
    await ingestFolders(folders)
    const first = async (question: string) =>
      (await searchIndex(join(folders.data, 'index'), question))[0]?.[0]
    expect(await first('Wie mag zwemmen bij de vuurtoren?')).toMatch(/^pagina#/)
    expect(await first('Wie bewaakt de havenmond?')).toMatch(/^bwbr0099999#artikel-1-/)
    expect(await first('Wat doet de taskforce Internationale Migratie?')).toMatch(/^brief/)
  })

  it.skipIf(process.getuid?.() === 0)(
    'a file without read permission says that access is missing',
    async () => {
      const { sources, data } = await ownFolder()
      await writeFile(join(sources, 'dicht.txt'), 'Niet te lezen.')
      await chmod(join(sources, 'dicht.txt'), 0)
      const { documents: entries } = await ingestFolders({ sources, data })
      expect(entries.find(({ file }) => file === 'dicht.txt')).toMatchObject({
        status: 'failed',
        code: 'source-unreadable',
        reason: expect.stringContaining('read access'),
      })
    },
  )

  it.skipIf(process.getuid?.() === 0)(
    'a folder without read permission is one line, and the others are ingested',
    async () => {
      const { sources, data } = await ownFolder()
      await chmod(join(sources, 'map'), 0)
      const { documents: entries } = await ingestFolders({ sources, data })
      await chmod(join(sources, 'map'), 0o700)
      expect(entries.find(({ file }) => file === 'map')).toMatchObject({
        status: 'failed',
        code: 'source-unreadable',
        reason: expect.stringContaining('The folder'),
      })
      expect(entries.find(({ file }) => file === 'brief.pdf')?.status).toBe('ok')
    },
  )
})
