/** Starts code of this folder in another thread. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

/**
 * Starts a module in a thread of its own.
 *
 * @param module address of the module, `new URL('./<name>.ts', import.meta.url)`: written so, the build finds it
 * @param data sent along; plain data
 * @param maximumMegabytes memory for its objects; a thread that needs more ends with an error, and no other one does
 */
export function startThread(module: URL, data: unknown, maximumMegabytes?: number): Worker {
  const settings = {
    workerData: data,
    ...(maximumMegabytes !== undefined && {
      resourceLimits: { maxOldGenerationSizeMb: maximumMegabytes },
    }),
  }
  if (!module.pathname.endsWith('.ts')) return new Worker(module, settings)
  // Whatever translates TypeScript for this thread does not do so for the next one by itself.
  // `require` is what finds it under every runner, and finds the twin of the file that `import` wants.
  const twin = createRequire(import.meta.url).resolve('tsx/esm/api')
  const loader = pathToFileURL(twin.replace(/\.cjs$/, '.mjs')).href
  const start = `import(${JSON.stringify(loader)}).then(async ({ register }) => {
    register()
    await import(${JSON.stringify(module.href)})
  })`
  return new Worker(start, { ...settings, eval: true, execArgv: [] })
}
