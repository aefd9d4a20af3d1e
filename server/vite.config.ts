/**
 * Builds the commands as JavaScript for Node, for `server/commands/run.mjs`: our own files in few, packages as they are.
 * All built files lie in one folder two levels below the project.
 */
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

const COMMANDS = ['start', 'ask', 'ingest', 'export', 'data', 'keys', 'docs']

/**
 * Packages of many small files, which are put into few, as they take long to load one by one. Nothing of them is handed to
 * packages that are loaded by themselves and may have a copy of their own.
 */
const BUNDLED = ['zod', '@langchain/core', '@langchain/community']

/** Compiled for one machine, and asked for by one of those. */
const NATIVE = 'hnswlib-node'

/** Whether a package is loaded by itself. What is asked for by a package that is not, goes where that one goes. */
function isLoadedByItself(id: string, importer: string | undefined): boolean {
  if (id === NATIVE || id.startsWith('node:')) return true
  const isPackage = /^(?:@(?!oxc-project)|\w)/.test(id) && !isAbsolute(id)
  const isAskedByUs = importer !== undefined && !importer.includes('/node_modules/')
  return isPackage && isAskedByUs && !BUNDLED.some(name => id === name || id.startsWith(`${name}/`))
}

/** A module that is started in a thread, `new URL('./<name>.ts', import.meta.url)`, or any other use of `import.meta`. */
const ADDRESS = /\bnew URL\('\.\/([\w-]+)\.ts', import\.meta\.url\)|\bimport\.meta\.(\w+)/g

/**
 * Lets built code find what lies beside its source. Tables, prompts and pages are read from there, and the hash of the
 * code that made an index (`ingest/code-version.ts`) is taken there, so that it is the same however the code is run.
 */
const sourceAddresses = (): Plugin => ({
  name: 'vindplaats-source-addresses',
  enforce: 'pre',
  transform(code, id) {
    const file = relative(root, id).split(sep).join('/')
    if (!/^(?:ingest|server|prompts)\/.*\.ts$/.test(file)) return null
    const places: Readonly<Record<string, string>> = {
      url: `new URL('../../${file}', import.meta.url).href`,
      dirname: `(import.meta.dirname + '/../../${dirname(file)}')`,
    }
    const moved = code.replace(ADDRESS, (_match, thread: string | undefined, property: string) => {
      if (thread !== undefined) {
        this.emitFile({ type: 'chunk', id: join(dirname(id), `${thread}.ts`), fileName: `${thread}.js` })
        return `new URL('./${thread}.js', import.meta.url)`
      }
      const place = places[property]
      if (place === undefined) throw new Error(`${file}: import.meta.${property} is not known when built.`)
      return place
    })
    return { code: moved, map: null }
  },
})

export default defineConfig({
  root,
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    // Node runs the language as it is written here.
    target: 'esnext',
    emptyOutDir: true,
    rolldownOptions: {
      external: isLoadedByItself,
      input: Object.fromEntries(COMMANDS.map(name => [name, `${root}server/commands/${name}.ts`])),
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
    },
  },
  plugins: [sourceAddresses()],
})
