/** The thread that brings what was written to disk, so that no answer waits for it. Started by `Storage.startSyncing`. */
import { parentPort, workerData } from 'node:worker_threads'
import { syncForever } from './storage.js'

const stop = syncForever(String(workerData))
parentPort?.once('message', () => {
  stop()
  parentPort?.close()
})
