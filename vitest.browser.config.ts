import { defineConfig } from 'vitest/config'

const results = process.env.TEST_RESULTS

/** The tests in a real browser: `npm run test:browser`. They need Debian's Chromium. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/browser/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // One browser at a time: the machine that checks has two cores.
    fileParallelism: false,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
})
