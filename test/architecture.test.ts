import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const FOLDERS = ['prompts', 'ingest', 'server', 'client', 'evals', 'test'] as const
type Folder = (typeof FOLDERS)[number]

/** Which folders a folder may import from (docs/architecture.md); `type` allows `import type` only. */
const MAY_IMPORT: Record<Folder, Partial<Record<Folder, 'value' | 'type'>>> = {
  prompts: {},
  ingest: {},
  server: { ingest: 'value', prompts: 'value' },
  client: { server: 'type' },
  evals: { ingest: 'value', server: 'value', prompts: 'value' },
  test: { ingest: 'value', server: 'value', prompts: 'value', client: 'value', evals: 'value' },
}

/** One file per external thing: packages that only the named files may import. */
const OWNERS: Record<string, readonly string[]> = {
  'hnswlib-node': ['ingest/vector-store.ts', 'evals/', 'test/'],
  '@langchain/community/vectorstores/hnswlib': ['ingest/vector-store.ts'],
  'better-sqlite3': ['server/storage.ts', 'test/'],
  jose: ['server/bearer-tokens.ts', 'test/'],
  pino: ['server/log.ts'],
  'prom-client': ['server/metrics.ts'],
  ws: ['server/socket.ts', 'evals/', 'test/'],
  express: ['server/app.ts', 'server/http/'],
}

interface Import {
  readonly from: string
  readonly target: string
  readonly typeOnly: boolean
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(ROOT, join(entry.parentPath, entry.name)))
    .filter(path => !path.includes('/dist/'))
}

const files = FOLDERS.flatMap(sourceFiles)
const imports = files.flatMap(from =>
  [...readFileSync(join(ROOT, from), 'utf8').matchAll(IMPORT)].map(
    (match): Import => ({ from, target: (match[2] ?? match[3]) as string, typeOnly: match[1] !== undefined }),
  ),
)
const folderOf = (path: string) => path.split('/')[0] as Folder

describe('the architecture', () => {
  it('finds the imports it is to check', () => {
    expect(imports.length).toBeGreaterThan(100)
  })

  it('lets imports follow the data', () => {
    const backward = imports
      .filter(({ target }) => target.startsWith('.'))
      .map(each => ({
        ...each,
        to: folderOf(relative(ROOT, resolve(ROOT, dirname(each.from), each.target))),
      }))
      .filter(({ from, to }) => folderOf(from) !== to && (FOLDERS as readonly string[]).includes(to))
      .filter(({ from, to, typeOnly }) => {
        const allowed = MAY_IMPORT[folderOf(from)][to]
        return allowed === undefined || (allowed === 'type' && !typeOnly)
      })
      .map(({ from, target }) => `${from} imports ${target}`)
    expect(backward).toEqual([])
  })

  it('has no file that at run time imports itself by way of others', () => {
    const targets = new Map<string, string[]>(files.map(path => [path, []]))
    for (const { from, target, typeOnly } of imports)
      if (target.startsWith('.') && !typeOnly)
        targets.get(from)?.push(join(dirname(from), target).replace(/\.js$/, '.ts'))
    // What imports nothing that is left is taken away, again and again: only rings and what leads to them stay.
    for (let before = -1; before !== targets.size; ) {
      before = targets.size
      for (const [path, imported] of targets)
        if (!imported.some(target => targets.has(target))) targets.delete(path)
    }
    expect([...targets.keys()]).toEqual([])
  })

  it('keeps each external thing in its own file', () => {
    const elsewhere = imports
      .filter(({ from, target, typeOnly }) => {
        const owners = OWNERS[target]
        return owners && !typeOnly && !owners.some(owner => from.startsWith(owner))
      })
      .map(({ from, target }) => `${from} imports ${target}`)
    expect(elsewhere).toEqual([])
  })

  it('reads the environment in one place', () => {
    const readers = files.filter(
      path =>
        ['ingest', 'server', 'prompts', 'client', 'evals'].includes(folderOf(path)) &&
        path !== 'server/configuration.ts' &&
        /process\.env\b/.test(readFileSync(join(ROOT, path), 'utf8')),
    )
    expect(readers).toEqual([])
  })

  it('keeps Node out of the client', () => {
    const node = imports.filter(
      ({ from, target }) =>
        folderOf(from) === 'client' && target.startsWith('node:') && !from.includes('vite'),
    )
    expect(node.map(({ from, target }) => `${from} imports ${target}`)).toEqual([])
  })
})
