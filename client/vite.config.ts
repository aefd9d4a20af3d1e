/** Builds `client/dist/`: the widget under a stable and an immutable name, its manifest, and the demo page. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, defineConfig, type Plugin } from 'vite'
import { DEMO_ICON, renderDemoPage } from './demo-page.js'
import { tokenDeclarations } from './tokens.js'

const here = fileURLToPath(new URL('.', import.meta.url))

/** Characters of the hash in the immutable name: 64 bits, far more than the versions there will ever be. */
const HASH_LENGTH = 16

/** Oldest language level of the browsers that have the `light-dark()` and popovers the widget is built on. */
const TARGET = 'es2022'

/** Always the production build of packages, whatever NODE_ENV says: a development build warns, and is larger. */
const RESOLVE = { conditions: ['module', 'browser', 'production'] }

/** The script of the demo page, bundled by itself: the widget must not share a file with it. */
const bundleDemo = async (): Promise<string> => {
  const result = await build({
    configFile: false,
    root: here,
    logLevel: 'warn',
    publicDir: false,
    resolve: RESOLVE,
    build: {
      write: false,
      target: TARGET,
      modulePreload: false,
      rolldownOptions: { input: `${here}demo.ts`, output: { entryFileNames: 'demo.js' } },
    },
  })
  const [bundle] = Array.isArray(result) ? result : [result]
  const chunk = bundle && 'output' in bundle ? bundle.output.find(file => file.type === 'chunk') : undefined
  if (!chunk) throw new Error('The build made no demo.js')
  return chunk.code
}

const widgetFiles = (): Plugin => ({
  name: 'vindplaats-widget-files',
  async generateBundle(_options, bundle) {
    const widget = bundle['widget.js']
    if (widget?.type !== 'chunk') throw new Error('The build made no widget.js')
    const hash = createHash('sha256').update(widget.code).digest('hex').slice(0, HASH_LENGTH)
    const file = `widget-${hash}.js`
    const integrity = `sha384-${createHash('sha384').update(widget.code).digest('base64')}`
    const bytes = Buffer.byteLength(widget.code)
    const emit = (fileName: string, source: string): void => {
      this.emitFile({ type: 'asset', fileName, source })
    }
    emit(file, widget.code)
    emit(
      'widget-manifest.json',
      `${JSON.stringify({ stable: 'widget.js', immutable: file, hash, integrity, bytes }, null, 2)}\n`,
    )
    emit('widget.d.ts', readFileSync(`${here}widget.d.ts`, 'utf8'))
    emit('index.html', renderDemoPage({ file, integrity }))
    emit('demo.js', await bundleDemo())
    emit('icon.svg', DEMO_ICON)
    emit('demo.css', `:root {\n${tokenDeclarations()}\n}\n${readFileSync(`${here}demo.css`, 'utf8')}`)
  },
})

export default defineConfig({
  root: here,
  publicDir: false,
  resolve: RESOLVE,
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: TARGET,
    modulePreload: false,
    rolldownOptions: {
      input: { widget: `${here}register.ts` },
      preserveEntrySignatures: 'strict',
      output: { entryFileNames: '[name].js', minify: true },
    },
  },
  plugins: [widgetFiles()],
})
