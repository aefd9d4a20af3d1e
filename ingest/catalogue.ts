/** What is to be ingested: the files of the source folders, with the metadata their manifest gives them. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join, relative, sep } from 'node:path'
import { z } from 'zod'
import type { PolicyDocument } from './corpus.js'
import { IngestFault } from './faults.js'

/** A manifest field: a value the document states, or one marked as general knowledge. */
const stated = z.union([
  z.string().nullable(),
  z.object({ value: z.string(), origin: z.literal('general knowledge') }),
])

const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens')

const manifestSchema = z.object({
  version: z.literal(1),
  documents: z.array(
    z.strictObject({
      file: z.string().min(1),
      id: slug,
      title: stated,
      citeAs: stated.default(null),
      institution: stated.default(null),
      date: stated.default(null),
      documentNumber: stated.default(null),
      kind: stated.default(null),
      status: stated.default(null),
      language: stated.default('nl'),
      url: stated.default(null),
      aliases: z.array(z.string()).default([]),
      sha256: z.string().optional(),
      licence: stated.default(null),
    }),
  ),
})
type ManifestEntry = z.infer<typeof manifestSchema>['documents'][number]

/** One file to ingest. */
export interface SourceFile {
  /** Absolute path. */
  readonly path: string
  /** Path relative to the source folder, with forward slashes. */
  readonly file: string
  readonly bytes: Uint8Array
  readonly contentHash: string
  readonly manifestEntry: ManifestEntry | null
  /** Enrichment file beside it; `null` when there is none. */
  readonly enrichment: string | null
}

const EXTENSIONS = new Set(['.txt', '.md', '.html', '.htm', '.docx', '.pdf'])

/** Lower-case letters, digits and hyphens: a readable id from a file name. */
export function slugify(name: string): string {
  return (
    name
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'document'
  )
}

async function readManifest(folder: string) {
  const path = join(folder, 'manifest.json')
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new IngestFault('manifest-invalid', `${path} is not a valid manifest. ${reason}`, { cause })
  }
}

/**
 * Lists the files of a source folder: those of its manifest where there is one, otherwise all of a known format.
 *
 * @throws {IngestFault} `source-missing`, `source-unreadable`, `manifest-invalid`
 */
export async function listSources(folder: string): Promise<SourceFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(cause => {
    throw new IngestFault(
      'source-missing',
      `The source folder ${folder} cannot be read. Set SOURCES to a folder with documents.`,
      { cause },
    )
  })
  const manifest = await readManifest(folder)
  const files = manifest
    ? manifest.documents.map(entry => entry.file)
    : entries
        .filter(entry => entry.isFile() && EXTENSIONS.has(extname(entry.name).toLowerCase()))
        .map(entry => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
        .sort()
  const sources: SourceFile[] = []
  for (const file of files) {
    const path = join(folder, file)
    const bytes = await readFile(path).catch(cause => {
      throw new IngestFault(
        cause.code === 'ENOENT' ? 'source-missing' : 'source-unreadable',
        `${path} ${cause.code === 'ENOENT' ? 'is missing' : 'cannot be read'}. Restore the file or take it out of the manifest.`,
        { cause },
      )
    })
    const enrichment = join(folder, 'enrichment', `${basename(file, extname(file))}.jsonl`)
    sources.push({
      path,
      file,
      bytes,
      contentHash: createHash('sha256').update(bytes).digest('hex'),
      manifestEntry: manifest?.documents.find(entry => entry.file === file) ?? null,
      enrichment: await readFile(enrichment, 'utf8').catch(() => null),
    })
  }
  return sources
}

/** The catalogue entry of a file, from its manifest, else from what the document says of itself, else from its name. */
export function describeDocument(
  source: SourceFile,
  found: {
    readonly title: string | null
    readonly date: string | null
    readonly documentNumber: string | null
  },
): PolicyDocument {
  const entry = source.manifestEntry
  const generalKnowledge: string[] = []
  const value = (name: keyof ManifestEntry): string | null => {
    const field = entry?.[name]
    if (field === null || field === undefined || Array.isArray(field)) return null
    if (typeof field === 'string') return field
    generalKnowledge.push(name)
    return field.value
  }
  const name = basename(source.file, extname(source.file))
  return {
    id: documentId(source),
    title: value('title') ?? found.title ?? name,
    citeAs: value('citeAs'),
    institution: value('institution'),
    date: value('date') ?? found.date,
    documentNumber: value('documentNumber') ?? found.documentNumber,
    kind: value('kind'),
    status: value('status'),
    language: value('language') ?? 'nl',
    aliases: entry?.aliases ?? [],
    url: value('url'),
    file: source.file,
    contentHash: source.contentHash,
    generalKnowledge,
  }
}

/** The id of a file's document: from the manifest, else a slug of its path. */
export function documentId(source: SourceFile): string {
  return source.manifestEntry?.id ?? slugify(source.file.slice(0, -extname(source.file).length))
}
