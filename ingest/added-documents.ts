/**
 * Documents added by hand: copies in a folder of our own, with a manifest like that of any source folder, so that they
 * stay when the files they came from are moved.
 */
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import {
  bareEntry,
  ENRICHMENT_FOLDER,
  enrichmentPath,
  FILL_FOLDER,
  listSources,
  MANIFEST_FILE,
  type Manifest,
  type ManifestEntry,
  readManifest,
  readSource,
  type SourceFile,
  slugify,
} from './catalogue.js'
import { replaceDurably, writeFault } from './durable-files.js'
import { IngestFault, type IngestFaultCode } from './faults.js'
import { acquireLock, type LockSettings } from './lock.js'
import { readDocument } from './read-document.js'

/** What became of a file that was to be added. */
export interface AddedFile {
  /** Absolute path from which it was taken. */
  readonly path: string
  readonly outcome: 'added' | 'replaced' | 'unchanged' | 'failed'
  /** `null` when it was not added. */
  readonly documentId: string | null
  readonly code: IngestFaultCode | null
  /** What a person should know or do; `null` when there is nothing to say. */
  readonly reason: string | null
}

/** Settings of `addDocuments`. */
export interface AddSettings extends LockSettings {
  /** Absolute folders of the other documents, whose ids are taken. */
  readonly sources: readonly string[]
  /** Tells what would happen, and writes nothing. */
  readonly dryRun?: boolean
}

/** Folder of the extracted texts, to which the spans of added documents refer. */
const EXTRACTED_FOLDER = 'extracted'

const lockPath = (folder: string) => join(folder, 'documents.lock')

/**
 * Copies files into the folder of added documents. A folder stands for its files, or for those of its manifest. A file that
 * was added before from the same place is replaced and keeps its id. One that cannot be read is reported and not added.
 *
 * @param paths files and folders
 * @param folder the folder of added documents; made when it does not exist
 * @throws {IngestFault} `manifest-invalid`, `index-locked`, `disk-full`, `folder-unwritable`
 */
export async function addDocuments(
  paths: readonly string[],
  folder: string,
  settings: AddSettings,
): Promise<readonly AddedFile[]> {
  const lock = settings.dryRun ? null : await acquireLock(lockPath(folder), settings)
  try {
    const others = await listSources(settings.sources)
    const taken = new Set(others.files.map(({ documentId }) => documentId))
    let entries: readonly ManifestEntry[] = (await readManifest(folder))?.documents ?? []
    const results: AddedFile[] = []
    for (const path of paths.map(each => resolve(each))) {
      for (const source of await candidates(path)) {
        const result = await add(source, folder, entries, taken, settings.dryRun ?? false)
        results.push(result.file)
        entries = result.entries
      }
    }
    return results
  } catch (error) {
    throw writeFault(error, folder)
  } finally {
    await lock?.release()
  }
}

async function candidates(path: string): Promise<readonly SourceFile[]> {
  const facts = await stat(path).catch(() => null)
  if (facts?.isDirectory()) {
    const { files, warnings } = await listSources([path])
    if (files.length > 0) return files
    const what = warnings[0]?.includes(MANIFEST_FILE)
      ? warnings[0]
      : `${path} holds no documents. ${FILL_FOLDER}, or name another folder.`
    return [sourceAt(path, facts, new IngestFault('source-empty', what))]
  }
  const { files } = facts
    ? await listSources([dirname(path)]).catch(() => ({ files: [] }))
    : { files: [] as SourceFile[] }
  // A file of a folder with a manifest brings along what the manifest says of it.
  const listed = files.find(file => file.path === path)
  if (listed) return [listed]
  const fault = facts
    ? null
    : new IngestFault('source-missing', `${path} does not exist. Check the name of the file.`)
  return [sourceAt(path, facts, fault)]
}

/** A file or folder by its path, which no manifest describes. */
function sourceAt(
  path: string,
  facts: { readonly size: number; readonly mtimeMs: number } | null,
  fault: IngestFault | null,
): SourceFile {
  const file = basename(path)
  return {
    path,
    folder: dirname(path),
    file,
    documentId: slugify(file.slice(0, file.length - extname(file).length)),
    manifestEntry: null,
    facts: facts && { size: facts.size, mtimeMs: facts.mtimeMs },
    fault,
  }
}

async function add(
  source: SourceFile,
  folder: string,
  entries: readonly ManifestEntry[],
  taken: ReadonlySet<string>,
  dryRun: boolean,
): Promise<{ file: AddedFile; entries: readonly ManifestEntry[] }> {
  const { path } = source
  const keep = (file: Omit<AddedFile, 'path'>) => ({ file: { path, ...file }, entries })
  try {
    const { bytes, contentHash } = await readSource(source)
    const twin = entries.find(entry => entry.sha256 === contentHash)
    if (twin)
      return keep({
        outcome: 'unchanged',
        documentId: twin.id,
        code: null,
        reason: `Added before as ${twin.id}, byte for byte the same.`,
      })
    const before = entries.find(entry => entry.addedFrom === path)
    const ids = new Set([...taken, ...entries.filter(entry => entry !== before).map(({ id }) => id)])
    const id = before?.id ?? freeName(source.documentId, name => ids.has(name))
    const files = new Set(entries.filter(entry => entry !== before).map(({ file }) => file))
    const file = before?.file ?? freeFile(source.file, files)
    // Reading it first keeps files out that no ingest could use.
    const { content } = await readDocument(bytes, { documentId: id, fileName: source.file })
    const entry: ManifestEntry = {
      ...(source.manifestEntry ?? bareEntry(file, id)),
      file,
      id,
      sha256: contentHash,
      addedFrom: path,
    }
    const all = before ? entries.map(each => (each === before ? entry : each)) : [...entries, entry]
    if (!dryRun) {
      await replaceDurably(join(folder, file), bytes)
      await replaceDurably(join(folder, EXTRACTED_FOLDER, `${id}.txt`), content.source)
      const enrichment = await readFile(enrichmentPath(source)).catch(() => null)
      if (enrichment) await replaceDurably(enrichmentPath({ folder, file }), enrichment)
      await writeManifest(folder, all)
    }
    const outcome = before ? 'replaced' : 'added'
    return { file: { path, outcome, documentId: id, code: null, reason: null }, entries: all }
  } catch (error) {
    const fault = writeFault(error, folder)
    if (!(fault instanceof IngestFault) || ['disk-full', 'folder-unwritable'].includes(fault.code))
      throw fault
    return keep({ outcome: 'failed', documentId: null, code: fault.code, reason: fault.message })
  }
}

/** The name, or the first of `name-2`, `name-3`… that is free. */
function freeName(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name
  for (let number = 2; ; number++) if (!isTaken(`${name}-${number}`)) return `${name}-${number}`
}

function freeFile(file: string, taken: ReadonlySet<string>): string {
  const extension = extname(file)
  const isReserved = (name: string) =>
    [MANIFEST_FILE, ENRICHMENT_FOLDER, EXTRACTED_FOLDER].includes(name.split('/')[0] as string)
  const bare = freeName(
    file.slice(0, file.length - extension.length),
    name => taken.has(name + extension) || isReserved(name + extension),
  )
  return bare + extension
}

async function writeManifest(folder: string, documents: readonly ManifestEntry[]): Promise<void> {
  const manifest: Manifest = { version: 1, documents: [...documents] }
  await mkdir(folder, { recursive: true })
  await replaceDurably(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`)
}

/**
 * Removes a document that was added by hand. The index still holds it until the next ingest.
 *
 * @throws {IngestFault} `document-unknown` when no added document has the id; `index-locked`, `folder-unwritable`
 */
export async function removeDocument(
  documentId: string,
  folder: string,
  settings: AddSettings,
): Promise<void> {
  const entries = (await readManifest(folder))?.documents ?? []
  const entry = entries.find(({ id }) => id === documentId)
  if (!entry) {
    const { files } = await listSources(settings.sources)
    const source = files.find(file => file.documentId === documentId)
    const known = entries.map(({ id }) => id).join(', ') || 'none'
    throw new IngestFault(
      'document-unknown',
      source
        ? `${documentId} was not added by hand: it comes from ${source.path}. Remove that file, or its line in the manifest of its folder.`
        : `No added document has the id ${documentId}. Added were: ${known}.`,
    )
  }
  if (settings.dryRun) return
  const lock = await acquireLock(lockPath(folder), settings)
  try {
    await writeManifest(
      folder,
      entries.filter(each => each !== entry),
    )
    for (const path of [
      join(folder, entry.file),
      join(folder, EXTRACTED_FOLDER, `${entry.id}.txt`),
      enrichmentPath({ folder, file: entry.file }),
    ])
      await rm(path, { force: true })
  } catch (error) {
    throw writeFault(error, folder)
  } finally {
    await lock.release()
  }
}
