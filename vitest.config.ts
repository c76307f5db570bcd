/** The test plan: fast unit tests beside the sources, integration tests on real servers, whole federations of processes. */
import { defineConfig } from 'vitest/config';

const sources = ['packages/*/src', 'services/*/src', 'apps/*/src'];

/**
 * What servers and whole federations share: they run after the fast ones and beside each other, since one computes while
 * the other waits for its processes.
 */
const slow = { sequence: { groupOrder: 1 }, maxWorkers: 3 };

export default defineConfig({
  test: {
    // Nothing is mocked, so Node loads sources by itself, as it does in services, and keeps what it has compiled.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    projects: [
      {
        test: {
          name: 'unit',
          include: [...sources.map((room) => `${room}/**/*.test.ts`), 'scripts/**/*.test.ts'],
          exclude: ['**/*.int.test.ts', '**/*.laws.test.ts', '**/node_modules/**'],
          // They leave nothing behind in their process, and loading the sources anew for each file takes longer than the tests.
          isolate: false,
          // Machines are shared: a slow minute must not fail a test that checks no time.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          ...slow,
          name: 'int',
          include: sources.map((room) => `${room}/**/*.int.test.ts`),
          // The embedded database's code as it comes: V8 would spend more time on optimising it than a test file takes.
          execArgv: ['--liftoff-only'],
          isolate: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...slow,
          // Minutes of nothing but computing, worth every optimisation.
          name: 'laws',
          include: sources.map((room) => `${room}/**/*.laws.test.ts`),
        },
      },
      {
        test: {
          ...slow,
          name: 'e2e',
          include: ['e2e/**/*.test.ts', 'attacks/src/**/*.test.ts'],
          globalSetup: 'e2e/harness/found-once.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
