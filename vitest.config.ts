import { defineConfig } from 'vitest/config'

/** Where `.ci/run` wants the counts of this run. */
const outputFile = process.env.TEST_RESULTS

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Browser tests need Debian's Chromium and run in a step of their own.
    exclude: ['test/browser/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: outputFile ? ['default', ['json', { outputFile }]] : ['default'],
  },
})
