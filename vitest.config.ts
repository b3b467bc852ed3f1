import { defineConfig } from 'vitest/config'
import { workerdAliases, workerdPlugins, workerdTests } from './test/support/workerd/config.ts'

const BROWSER_TESTS = 'test/browser/**/*.test.ts'

export default defineConfig({
  test: {
    // In CI the report is read by .ci/run, which counts from it.
    reporters: process.env.CI ? ['default', ['json', { outputFile: 'reports/vitest.json' }]] : ['default'],
    // Some tests start a process or a browser on a machine with two cores.
    testTimeout: 15_000,
    // Vitest would leave one of two cores idle, and many tests wait for processes.
    maxWorkers: 2,
    hookTimeout: 30_000,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    projects: [
      { extends: true, test: { name: 'node', include: ['test/**/*.test.ts'], exclude: [BROWSER_TESTS] } },
      {
        extends: true,
        plugins: workerdPlugins,
        resolve: { alias: workerdAliases },
        // Some of them wait. Those who run in turns may have numbers of their own.
        test: { ...workerdTests, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [BROWSER_TESTS],
          // One browser for all of them; where there is none, it says so once.
          globalSetup: ['test/support/browser-setup.ts'],
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
