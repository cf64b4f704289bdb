import { defineConfig } from 'vitest/config';

const patience = { testTimeout: 120_000, hookTimeout: 120_000 };

const isPodman = process.env['SANDBOX_ENGINE']?.endsWith('-podman');

export default defineConfig({
  test: {
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/*.test.ts', 'test/{unit,properties}/**/*.test.ts'],
          // No suite here changes what another sees, and loading everything for each anew took half of the time.
          isolate: false,
          ...patience,
        },
      },
      {
        // What grows over the years is measured in a process of its own.
        test: { name: 'years', include: ['test/years/**/*.test.ts'], ...patience },
      },
      {
        test: {
          name: 'engine',
          include: ['test/{engine,contract,e2e,faults}/**/*.test.ts'],
          exclude: isPodman ? [] : ['test/engine/podman.test.ts'],
          globalSetup: ['test/setup/shared-engine.ts'],
          // One engine and its ports are shared, so one file runs after the other.
          fileParallelism: false,
          ...patience,
        },
      },
      {
        test: {
          name: 'service',
          include: ['test/service/**/*.test.ts'],
          // One machine at a time: they share a network.
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
