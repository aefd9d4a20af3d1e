/** What is to be ingested: the files of the source folders, with the metadata their manifest gives them. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, extname, isAbsolute, join } from 'node:path'
import { z } from 'zod'
import type { PolicyDocument } from './corpus.js'
import { sha256 } from './durable-files.js'
import { IngestFault } from './faults.js'

/** A manifest field: a value the document states, or one marked as general knowledge. */
const stated = z.union([
  z.string().nullable(),
  z.object({ value: z.string(), origin: z.literal('general knowledge') }),
])

const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens')

const pathInside = z
  .string()
  .min(1)
  .refine(
    path => !isAbsolute(path) && !path.split(/[\\/]/).includes('..'),
    'must be a path inside the folder of the manifest',
  )

const manifestEntrySchema = z.strictObject({
  file: pathInside,
  id: slug,
  title: stated.default(null),
  citeAs: stated.default(null),
  institution: stated.default(null),
  date: stated.default(null),
  documentNumber: stated.default(null),
  kind: stated.default(null),
  status: stated.default(null),
  language: stated.default('nl'),
  url: stated.default(null),
  aliases: z.array(z.string()).default([]),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')
    .optional(),
  licence: stated.default(null),
  /** Where a file added by hand came from; only in the manifest of added documents. */
  addedFrom: z.string().optional(),
})
/** What a manifest says of one document. */
export type ManifestEntry = z.infer<typeof manifestEntrySchema>

/** The manifest entry of a file of which the manifest tells nothing. */
export function bareEntry(file: string, id: string): ManifestEntry {
  return manifestEntrySchema.parse({ file, id })
}

const manifestSchema = z.object({
  version: z.literal(1),
  documents: z.array(manifestEntrySchema),
  /** Questions about these documents that a visitor can begin with. */
  suggestedQuestions: z.array(z.string().min(1)).optional(),
})
/** The manifest of a source folder. */
export type Manifest = z.infer<typeof manifestSchema>

/** One file to ingest. */
export interface SourceFile {
  /** Absolute path. */
  readonly path: string
  /** Absolute path of its source folder. */
  readonly folder: string
  /** Path relative to the source folder, with forward slashes. */
  readonly file: string
  readonly documentId: string
  readonly manifestEntry: ManifestEntry | null
  /** Size and time of the last change; `null` when the file cannot be found. */
  readonly facts: FileFacts | null
  /** Why it cannot be ingested, as far as can be told without reading it. */
  readonly fault: IngestFault | null
}

/** What tells a changed file from an unchanged one without reading it. */
export interface FileFacts {
  /** In bytes. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly mtimeMs: number
}

/** What the source folders hold. */
export interface Catalogue {
  readonly files: readonly SourceFile[]
  /** What a person should know, in English: files left out. */
  readonly warnings: readonly string[]
}

/** Largest file that is read, in bytes. A larger one is no policy document, and would not fit into memory with its parts. */
const MAXIMUM_FILE_BYTES = 100_000_000

/** Folder of enrichment files beside the documents. */
export const ENRICHMENT_FOLDER = 'enrichment'

/** Name of the manifest of a folder. */
export const MANIFEST_FILE = 'manifest.json'

/** What to do with an empty folder. */
export const FILL_FOLDER = 'Put PDF, DOCX, HTML, Markdown or text files into it'

/** Names that systems and word processors leave behind, hidden files, and what belongs to the folder itself. */
function isLeftOut(file: string): boolean {
  const parts = file.split('/')
  const name = parts.at(-1) as string
  return (
    parts.some(part => part.startsWith('.')) ||
    parts[0] === ENRICHMENT_FOLDER ||
    parts.includes('node_modules') ||
    name.startsWith('~$') ||
    ['Thumbs.db', 'desktop.ini', MANIFEST_FILE].includes(name)
  )
}

/** Path of the enrichment file beside a document, whether there is one or not. */
export function enrichmentPath({ folder, file }: Pick<SourceFile, 'folder' | 'file'>): string {
  return join(folder, ENRICHMENT_FOLDER, `${basename(file, extname(file))}.jsonl`)
}

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

/**
 * Reads the manifest of a folder; `null` when it has none.
 *
 * @throws {IngestFault} `manifest-invalid`, naming each wrong field
 */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const path = join(folder, MANIFEST_FILE)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null
    throw new IngestFault('manifest-invalid', `${path} cannot be read. Give this user read access.`, {
      cause,
    })
  }
  let manifest: Manifest
  try {
    manifest = manifestSchema.parse(JSON.parse(text))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause)
    throw new IngestFault('manifest-invalid', `${path} is not a valid manifest. Mend it: ${reason}`, {
      cause,
    })
  }
  for (const field of ['id', 'file'] as const) {
    const seen = new Set<string>()
    for (const entry of manifest.documents) {
      if (seen.has(entry[field]))
        throw new IngestFault(
          'manifest-invalid',
          `${path} names the ${field} ${entry[field]} twice. Give each document its own.`,
        )
      seen.add(entry[field])
    }
  }
  return manifest
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** What is below a folder, with forward slashes. */
interface Listing {
  readonly names: readonly string[]
  /** Folders that cannot be read. */
  readonly closed: readonly { readonly name: string; readonly cause: unknown }[]
}

async function listNames(folder: string): Promise<Listing> {
  const found: string[] = []
  const closed: { name: string; cause: unknown }[] = []
  const open = ['']
  for (let below = open.pop(); below !== undefined; below = open.pop()) {
    try {
      for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
        const name = below === '' ? entry.name : `${below}/${entry.name}`
        if (isLeftOut(name)) continue
        if (entry.isDirectory()) open.push(name)
        else found.push(name)
      }
    } catch (cause) {
      if (below === '') throw folderFault(folder, cause)
      closed.push({ name: below, cause })
    }
  }
  const names = found.sort()
  const pages = new Set(names.filter(isPage).map(withoutExtension))
  return { names: names.filter(file => !isPartOfPage(file, pages)), closed }
}

function folderFault(folder: string, cause: unknown): IngestFault {
  const missing = codeOf(cause) === 'ENOENT' || codeOf(cause) === 'ENOTDIR'
  return new IngestFault(
    missing ? 'source-missing' : 'source-unreadable',
    missing
      ? `The source folder ${folder} does not exist. Make it, or set SOURCES to a folder with documents.`
      : `The source folder ${folder} cannot be read. Give this user read access, or set SOURCES to another folder.`,
    { cause },
  )
}

const isPage = (file: string): boolean => /\.x?html?$/i.test(file)

const withoutExtension = (file: string): string => file.slice(0, file.length - extname(file).length)

/** Pictures, scripts and frames that a browser saves beside a page, in a folder named after it. */
function isPartOfPage(file: string, pages: ReadonlySet<string>): boolean {
  const folders = file.split('/').slice(0, -1)
  return folders.some((_, at) => {
    const page = /^(.+)[_-](?:files|bestanden)$/i.exec(folders.slice(0, at + 1).join('/'))?.[1]
    return page !== undefined && pages.has(page)
  })
}

/**
 * Lists the files of source folders: those of its manifest where a folder has one, otherwise all. A file that cannot be
 * ingested is listed with its fault.
 *
 * @param folders absolute; one that does not have to exist can be `optional`
 * @throws {IngestFault} `source-missing`, `source-unreadable`, `manifest-invalid` for a folder as a whole
 */
export async function listSources(
  folders: readonly string[],
  optional: readonly string[] = [],
): Promise<Catalogue> {
  const files: SourceFile[] = []
  const warnings: string[] = []
  const taken = new Map<string, string>()
  const listed = new Set<string>()
  for (const folder of [...folders, ...optional]) {
    if (listed.has(folder)) continue
    listed.add(folder)
    const isOptional = optional.includes(folder)
    if (isOptional && (await stat(folder).catch(() => null)) === null) continue
    const [{ names, closed }, manifest] = await Promise.all([listNames(folder), readManifest(folder)])
    const found = await Promise.all(
      manifest
        ? manifest.documents.map(entry => sourceFile(folder, nameOnDisk(entry.file, names), entry))
        : isOptional
          ? []
          : names.map(name => sourceFile(folder, name, null)),
    )
    if (manifest && !isOptional) {
      const known = new Set(manifest.documents.map(entry => nameOnDisk(entry.file, names)))
      const others = names.filter(name => !known.has(name) && !/^(README|LICENSE|LICENCE)\b/i.test(name))
      if (others.length > 0)
        warnings.push(
          `${join(folder, MANIFEST_FILE)} does not list ${others.slice(0, 5).join(', ')}${others.length > 5 ? ` and ${others.length - 5} more` : ''}: left out. Add what should be found to the manifest.`,
        )
    }
    if (!manifest && !isOptional) found.push(...closed.map(each => closedFolder(folder, each)))
    if (found.length === 0 && !isOptional)
      warnings.push(
        manifest
          ? `${join(folder, MANIFEST_FILE)} lists no documents. Add them to it, or remove it to have all files of the folder read.`
          : `${folder} holds no documents. ${FILL_FOLDER}, or set SOURCES to a folder that has some.`,
      )
    for (const source of found) files.push(withOwnId(source, taken))
  }
  return { files, warnings }
}

/** The name as the disk spells it: some systems store accents as separate characters. */
function nameOnDisk(file: string, names: readonly string[]): string {
  if (names.includes(file)) return file
  return names.find(name => name.normalize('NFC') === file.normalize('NFC')) ?? file
}

async function sourceFile(
  folder: string,
  file: string,
  manifestEntry: ManifestEntry | null,
): Promise<SourceFile> {
  const path = join(folder, file)
  const common = {
    path,
    folder,
    file,
    documentId: manifestEntry?.id ?? slugify(withoutExtension(file)),
    manifestEntry,
  }
  const fault = (code: ConstructorParameters<typeof IngestFault>[0], what: string, cause?: unknown) =>
    new IngestFault(code, `${path} ${what}`, { cause })
  try {
    const { size, mtimeMs } = await stat(path)
    const facts = { size, mtimeMs }
    if (size === 0)
      return { ...common, facts, fault: fault('source-empty', 'is empty. Restore the file or take it out.') }
    if (size > MAXIMUM_FILE_BYTES)
      return {
        ...common,
        facts,
        fault: fault(
          'source-too-large',
          `is ${Math.round(size / 1e6)} MB; at most ${MAXIMUM_FILE_BYTES / 1e6} MB is read. Split it into smaller documents or take it out.`,
        ),
      }
    return { ...common, facts, fault: null }
  } catch (cause) {
    return { ...common, facts: null, fault: readFault(path, cause) }
  }
}

/** A line for a folder inside a source folder that cannot be read. */
function closedFolder(folder: string, { name, cause }: Listing['closed'][number]): SourceFile {
  const path = join(folder, name)
  return {
    path,
    folder,
    file: name,
    documentId: slugify(name),
    manifestEntry: null,
    facts: null,
    fault: new IngestFault(
      'source-unreadable',
      `The folder ${path} cannot be read. Give this user read access to it and what it holds, or take it out.`,
      { cause },
    ),
  }
}

/** The fault of a file that cannot be read, with what to do about it. */
function readFault(path: string, cause: unknown): IngestFault {
  return codeOf(cause) === 'ENOENT'
    ? new IngestFault(
        'source-missing',
        `${path} is missing. Restore the file, or take it out of what names it: the manifest, or a link.`,
        { cause },
      )
    : new IngestFault(
        'source-unreadable',
        `${path} cannot be read (${codeOf(cause) || cause}). Give this user read access or take the file out.`,
        { cause },
      )
}

/** Gives a second file with the same id an id of its own, or a fault where a manifest insists on it. */
function withOwnId(source: SourceFile, taken: Map<string, string>): SourceFile {
  const owner = taken.get(source.documentId)
  if (owner === undefined) {
    taken.set(source.documentId, source.path)
    return source
  }
  if (source.manifestEntry)
    return {
      ...source,
      fault:
        source.fault ??
        new IngestFault(
          'manifest-invalid',
          `${source.path} has the id ${source.documentId}, which ${owner} has already. Give it another id in its manifest.`,
        ),
    }
  const documentId = `${source.documentId}-${sha256(`${owner} ${source.file}`).slice(0, 6)}`
  taken.set(documentId, source.path)
  return { ...source, documentId }
}

/**
 * Reads the bytes of a listed file and compares them with its manifest.
 *
 * @throws {IngestFault} the fault of the listing, `source-missing`, `source-unreadable`, `source-altered`
 */
export async function readSource(
  source: SourceFile,
): Promise<{ readonly bytes: Uint8Array; readonly contentHash: string }> {
  if (source.fault) throw source.fault
  const bytes = await readFile(source.path).catch(cause => {
    throw readFault(source.path, cause)
  })
  const contentHash = sha256(bytes)
  const expected = source.manifestEntry?.sha256
  if (expected !== undefined && expected !== contentHash) throw alteredFault(source, contentHash)
  return { bytes, contentHash }
}

/** The fault of a file that is not the one its manifest describes. */
export function alteredFault(source: SourceFile, contentHash: string): IngestFault {
  return new IngestFault(
    'source-altered',
    `${source.path} is not the file that its manifest describes: its sha256 is ${contentHash}. Restore the file, or put this sha256 into ${join(source.folder, MANIFEST_FILE)} if the change is meant.`,
  )
}

/** The catalogue entry of a file, from its manifest, else from what the document says of itself, else from its name. */
export function describeDocument(
  source: SourceFile,
  contentHash: string,
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
    id: source.documentId,
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
    contentHash,
    generalKnowledge,
  }
}
