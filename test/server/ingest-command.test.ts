import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { currentGeneration, LETTERS, letterFolders, writeOldFile } from '../support/ingest-folders.js'

const script = fileURLToPath(new URL('../../server/commands/ingest.ts', import.meta.url))
const loader = fileURLToPath(import.meta.resolve('tsx'))

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `npm run --silent ingest -- …` without npm. */
async function run(
  { sources, data, ...variables }: { sources: string; data: string; [variable: string]: string },
  ...words: string[]
): Promise<Outcome> {
  const environment = { ...process.env, SOURCES: sources, DATA_DIR: data, ...variables }
  try {
    const output = await promisify(execFile)(process.execPath, ['--import', loader, script, ...words], {
      env: environment,
      maxBuffer: 64_000_000,
    })
    return { code: 0, ...output }
  } catch (error) {
    const { code, stdout, stderr } = error as Outcome
    return { code, stdout, stderr }
  }
}

const jsonLines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)

describe('npm run ingest', () => {
  it('prints a table with a line for each document and ends with 0', async () => {
    const folders = await letterFolders()
    const { code, stdout } = await run(folders)
    expect(code).toBe(0)
    for (const name of Object.keys(LETTERS)) expect(stdout).toMatch(new RegExp(`^${name} +ok +new`, 'm'))
    expect(stdout).toContain('index written')
    expect((await run(folders)).stdout).toContain('nothing written')
  })

  it('ends with 1 when a file failed, says why, and ingests the others', async () => {
    const folders = await letterFolders()
    await writeOldFile(join(folders.sources, 'leeg bestand é.txt'), '')
    const { code, stdout } = await run(folders)
    expect(code).toBe(1)
    expect(stdout).toMatch(/failed: leeg bestand é\.txt: .*is empty\. Restore the file or take it out\./)
    expect(stdout).toMatch(/^bomen\.txt +ok/m)
  })

  it('prints one JSON object with --json and nothing else', async () => {
    const folders = await letterFolders()
    const { stdout } = await run(folders, '--json')
    const report = JSON.parse(stdout) as { written: boolean; documents: { file: string; status: string }[] }
    expect(report.written).toBe(true)
    expect(report.documents.map(({ file, status }) => `${file} ${status}`)).toEqual([
      'bibliotheek.txt ok',
      'bomen.txt ok',
      'parkeren.txt ok',
    ])
  })

  it('writes nothing with --dry-run', async () => {
    const folders = await letterFolders()
    const { stdout } = await run(folders, '--dry-run')
    expect(stdout).toContain('nothing written')
    await expect(readdir(folders.data)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('says what is wrong with a folder that is not there, and ends with 1', async () => {
    const folders = await letterFolders()
    const { code, stderr, stdout } = await run({ ...folders, sources: join(folders.sources, 'weg') })
    expect(code).toBe(1)
    expect(stderr).toContain('SOURCES')
    expect(stderr).not.toContain('    at ')
    expect(stdout).toBe('')
  })

  it('says what to do with an empty folder, and ends with 1', async () => {
    const folders = await letterFolders()
    for (const name of Object.keys(LETTERS)) await rm(join(folders.sources, name))
    const { code, stdout } = await run(folders)
    expect(code).toBe(1)
    expect(stdout).toMatch(/holds no documents\. Put PDF, DOCX, HTML, Markdown or text files into it/)
  })

  it('says which flags there are when one is wrong', async () => {
    const folders = await letterFolders()
    const { code, stderr } = await run(folders, '--frce')
    expect(code).toBe(1)
    expect(stderr).toContain('--frce')
  })
})

describe('npm run ingest -- paragraphs --json', () => {
  it('prints every paragraph with exactly the documented keys, and its text is what its spans give', async () => {
    const folders = await letterFolders()
    const { stdout } = await run(folders, 'paragraphs', '--json')
    const lines = jsonLines(stdout)
    expect(lines.length).toBeGreaterThan(8)
    for (const line of lines) {
      expect(Object.keys(line)).toEqual([
        'id',
        'document',
        'kind',
        'label',
        'headingPath',
        'parent',
        'page',
        'text',
        'spans',
      ])
      const source = LETTERS[line.document as keyof typeof LETTERS]
      const printed = (line.spans as [number, number][]).map(([start, end]) => source.slice(start, end))
      expect(printed.join(' ').replace(/\s+/g, ' ').trim()).toBe(line.text)
    }
  })

  it('prints furniture too when asked', async () => {
    const folders = await letterFolders()
    await writeOldFile(
      join(folders.sources, 'bomen.txt'),
      '# Bomen\n\n* * *\n\nLangs de singel komen **dertig** lindebomen.\n\n---\n\nHet planten begint in november.\n',
    )
    const plain = jsonLines((await run(folders, 'paragraphs', '--json')).stdout)
    expect(plain.filter(({ kind }) => kind === 'furniture')).toEqual([])
    const all = jsonLines((await run(folders, 'paragraphs', '--json', '--with-furniture')).stdout)
    const furniture = all.filter(({ kind }) => kind === 'furniture')
    expect(furniture.length).toBeGreaterThan(0)
    for (const line of furniture) expect(Object.keys(line)).toEqual(['kind', 'name', 'document', 'spans'])
  })

  it('keeps the index without enrichment in a folder of its own', async () => {
    const folders = await letterFolders()
    await run(folders, 'paragraphs', '--json', '--no-enrichment')
    expect((await readdir(folders.data)).sort()).toEqual(['index-without-enrichment', 'lexicon.json'])
  })
})

describe('npm run ingest -- <files>', () => {
  it('adds documents, tells of those it cannot add, and ends with 1 when there is one', async () => {
    const folders = await letterFolders()
    const elsewhere = join(folders.data, '..', 'mijn documenten')
    await writeOldFile(join(elsewhere, 'afval.txt'), 'Het grofvuil wordt elke eerste maandag opgehaald.\n')
    await writeOldFile(join(elsewhere, 'oud.xls'), Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0, 0))
    const { code, stdout } = await run(folders, elsewhere)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^added: .*afval\.txt as afval$/m)
    expect(stdout).toMatch(/^failed: .*oud\.xls: /m)
    const again = await run(folders, join(elsewhere, 'afval.txt'))
    expect(again.code).toBe(0)
    expect(again.stdout).toMatch(/^unchanged: /m)
    const removed = await run(folders, 'remove', 'afval')
    expect(removed.code).toBe(0)
    expect(removed.stdout).toContain('removed: afval.txt (afval)')
    expect((await run(folders, 'remove', 'afval')).stderr).toContain('No added document has the id afval')
  })
})

describe('npm run ingest -- <files> beside others', () => {
  it('tells of what was added and of what changed, and counts the rest', async () => {
    const folders = await letterFolders()
    await writeOldFile(join(folders.sources, 'leeg.txt'), '')
    expect((await run(folders)).code).toBe(1)
    const elsewhere = join(folders.data, '..', 'mijn documenten')
    await writeOldFile(join(elsewhere, 'afval.txt'), 'Het grofvuil wordt elke eerste maandag opgehaald.\n')
    const { code, stdout } = await run(folders, elsewhere)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^afval\.txt +ok +new/m)
    expect(stdout).not.toMatch(/^bomen\.txt|leeg\.txt/m)
    expect(stdout).toMatch(/5 documents.*1 failed[\s\S]*npm run ingest tells of every file\./)
  })

  it('says that a folder to add is empty, and ends with 1', async () => {
    const folders = await letterFolders()
    const empty = join(folders.data, '..', 'lege map')
    await mkdir(empty)
    const { code, stdout } = await run(folders, empty)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^failed: .*lege map holds no documents\. Put .* name another folder\.$/m)
  })
})

describe('npm run ingest -- verify, stats, search', () => {
  it('tell of a whole index', async () => {
    const folders = await letterFolders()
    await run(folders)
    expect(await run(folders, 'verify')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Whole: 3 /),
    })
    const stats = JSON.parse((await run(folders, 'stats', '--json')).stdout)
    expect(stats).toMatchObject({ documents: 3, formatVersion: 2, failedFiles: 0 })
    const found = JSON.parse((await run(folders, 'search', '--json', 'hoeveel lindebomen')).stdout)
    expect(found).toMatchObject({ query: 'hoeveel lindebomen' })
    expect(found.results[0]).toMatchObject({ rank: 1, document: 'bomen.txt' })
  })

  it('tell what is damaged and how to mend it, and the next ingest mends it', async () => {
    const folders = await letterFolders()
    await run(folders)
    const path = join(await currentGeneration(join(folders.data, 'index')), 'vectors.hnsw')
    await truncate(path, (await readFile(path)).length - 10)
    const { code, stdout } = await run(folders, 'verify')
    expect(code).toBe(1)
    expect(stdout).toMatch(/vectors\.hnsw .*npm run ingest -- --force/)
    expect((await run(folders)).stdout).toContain('index written')
    expect((await run(folders, 'verify')).code).toBe(0)
  })

  it('say how to make an index where there is none', async () => {
    const folders = await letterFolders()
    const { code, stderr } = await run(folders, 'verify')
    expect(code).toBe(1)
    expect(stderr).toContain('npm run ingest')
    await writeFile(join(folders.sources, 'nog een.txt'), 'Een tekst.')
    await rm(folders.sources, { recursive: true })
    expect((await run(folders, 'stats')).code).toBe(1)
  })
})

describe('npm run ingest with another embedder', () => {
  /** A server that speaks as Ollama does, and counts the texts that it embeds. */
  async function fakeOllama() {
    const embedded: string[] = []
    const server = createServer(async (request, response) => {
      let body = ''
      for await (const piece of request) body += piece
      const { input } = JSON.parse(body) as { input: string[] }
      embedded.push(...input)
      const embeddings = input.map(text => [text.length, text.split('e').length, 1])
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ embeddings }))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    return { embedded, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  it('makes the index anew with it, asks for each text once, and keeps the index when it is gone', async () => {
    const folders = await letterFolders()
    await run(folders)
    const { embedded, url } = await fakeOllama()
    const withOllama = { ...folders, EMBEDDINGS: 'ollama:nep', OLLAMA_BASE_URL: url }
    expect((await run(withOllama)).stdout).toContain('index written')
    expect(JSON.parse((await run(withOllama, 'stats', '--json')).stdout)).toMatchObject({
      embedder: 'ollama:nep',
      dimensions: 3,
    })
    const passages = embedded.length
    expect((await run(withOllama, '--force')).stdout).toContain('index written')
    // Only the one text by which the dimensions are learnt is asked for again.
    expect(embedded.length - passages).toBeLessThanOrEqual(2)
    const gone = await run({ ...withOllama, OLLAMA_BASE_URL: 'http://127.0.0.1:9' }, '--force')
    expect(gone.code).toBe(1)
    expect(gone.stderr).toMatch(/The embedder ollama:nep did not answer .*EMBEDDINGS=embedded/)
    expect((await run(withOllama, 'verify')).code).toBe(0)
  })
})
