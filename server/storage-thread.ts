/** The thread that brings what was written to disk, so that no answer waits for it. Started by `Storage.startSyncing`. */
import { workerData } from 'node:worker_threads'
import { syncForever } from './storage.js'

syncForever(String(workerData))
