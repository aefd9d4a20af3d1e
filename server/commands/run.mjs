// @ts-check
/**
 * Starts a command: `node server/commands/run.mjs NAME …`; or only builds: `node server/commands/run.mjs build`.
 *
 * Translating 160 TypeScript files takes longer than answering a question, so it is done once: `server/vite.config.ts`
 * writes JavaScript into `build/<hash of the sources>/`, which is used until a source changes. This file is JavaScript
 * itself, because nothing is translated yet when it runs. Alternatives: `docs/decisions/0005-commands-built-once.md`.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const SELF = fileURLToPath(import.meta.url)
const ROOT = dirname(dirname(dirname(SELF)))
const BUILDS = join(ROOT, 'build')
const WIDGET = join(ROOT, 'client', 'dist')

/** In the folder of the built widget: the hash of the sources it was built from. */
const STAMP = join(WIDGET, '.sources')

/** Age in milliseconds at which an outdated build is deleted; a server that was started from it may still run. */
const OUTDATED = 86_400_000

/**
 * Hash over the content of sources, 16 hexadecimal digits. Times of files would not do: copying, unpacking and the layers
 * of container images change them.
 *
 * @param {readonly string[]} folders
 * @param {(path: string) => boolean} isSource
 */
function hashOf(folders, isSource) {
  const hash = createHash('sha256')
  const files = folders
    .flatMap(folder => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(isSource)
    .sort()
  for (const file of [...files, join(ROOT, 'package-lock.json'), SELF])
    hash.update(`${relative(ROOT, file)}\0`).update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}

/**
 * Builds into a folder that appears with all its files at once, also when two processes build the same.
 *
 * @param {string} config configuration of Vite
 * @param {string} target
 * @param {(folder: string) => void} [prepare] called before the built folder takes its place
 */
async function build(config, target, prepare) {
  const folder = join(BUILDS, `.unfinished-${dirname(config)}-${process.pid}`)
  mkdirSync(BUILDS, { recursive: true })
  try {
    // In a process of its own: Vite sets NODE_ENV, and would stay in the memory of the server.
    const vite = join(dirname(createRequire(SELF).resolve('vite/package.json')), 'bin', 'vite.js')
    const parameters = ['build', '--config', config, '--outDir', folder, '--logLevel', 'warn']
    await promisify(execFile)(process.execPath, [vite, ...parameters], { cwd: ROOT })
    prepare?.(folder)
    // A machine that loses power now must not leave files under their last name that are empty.
    for (const name of readdirSync(folder)) {
      const file = openSync(join(folder, name), 'r')
      fsyncSync(file)
      closeSync(file)
    }
    try {
      renameSync(folder, target)
    } catch (error) {
      // Another process was quicker, and made the same.
      if (!existsSync(target)) throw error
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Builds the commands unless that was done. Gives the folder that they are in. */
async function builtCommands() {
  const name = hashOf(['ingest', 'prompts', 'server'], path => path.endsWith('.ts'))
  const folder = join(BUILDS, name)
  if (existsSync(folder)) return folder
  await build('server/vite.config.ts', folder)
  for (const other of readdirSync(BUILDS)) {
    const path = join(BUILDS, other)
    if (other !== name && Date.now() - statSync(path).mtimeMs > OUTDATED) rmSync(path, { recursive: true })
  }
  return folder
}

/** Builds the widget unless that was done. */
async function buildWidget() {
  const hash = hashOf(['client'], path => !path.startsWith(WIDGET + sep))
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return
  await build('client/vite.config.ts', WIDGET, folder => {
    writeFileSync(join(folder, '.sources'), hash)
    rmSync(WIDGET, { recursive: true, force: true })
  })
}

/**
 * Tells why a build failed.
 *
 * @param {unknown} error
 */
const reason = error =>
  error instanceof Error ? ('stderr' in error && String(error.stderr).trim()) || error.message : String(error)

const [name = ''] = process.argv.slice(2)
const [commands, widget] = await Promise.allSettled([
  builtCommands(),
  name === 'start' || name === 'build' ? buildWidget() : undefined,
])
if (widget.status === 'rejected') console.error(`The widget could not be built: ${reason(widget.reason)}`)
if (commands.status === 'rejected')
  console.error(`The commands could not be built: ${reason(commands.reason)}`)
if (name === 'build') {
  if (widget.status === 'rejected' || commands.status === 'rejected') process.exitCode = 1
} else {
  const isBuilt = commands.status === 'fulfilled'
  const command = isBuilt
    ? join(commands.value, `${name}.js`)
    : join(ROOT, 'server', 'commands', `${name}.ts`)
  if (!existsSync(command)) {
    console.error(`There is no command "${name}". See docs/cli.md.`)
    process.exit(1)
  }
  if (!isBuilt) {
    console.error('Running from the sources, which takes a second longer.')
    const { register } = await import('tsx/esm/api')
    register()
  }
  // The command reads its own parameters where it finds them when it is started by itself.
  process.argv.splice(1, 2, command)
  await import(pathToFileURL(command).href)
}
