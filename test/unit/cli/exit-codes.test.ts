import { expect, it } from 'vitest';
import { FolderError } from '../../../src/base/own-folder.ts';
import { EXIT, exitCodeOf } from '../../../src/cli/exit-codes.ts';
import { HomeError } from '../../../src/cli/home.ts';
import { LockError } from '../../../src/cli/locks.ts';
import { LogError } from '../../../src/cli/rolling-file.ts';
import { SettingsError } from '../../../src/cli/settings.ts';
import { EngineError } from '../../../src/engine/engine-error.ts';
import { StateError } from '../../../src/journal/state-error.ts';
import { RegistryError } from '../../../src/registry/registry-error.ts';
import { RunError } from '../../../src/run/choose-named.ts';
import { ServiceError } from '../../../src/service/service-error.ts';

// The classes themselves: renaming one must not change an exit code.
it.each([
  [2, new SettingsError('unusable', '')],
  [2, new SettingsError('unreadable', '')],
  [2, new HomeError('no-such-folder', '')],
  [2, new HomeError('not-named', '')],
  [2, new HomeError('not-writable', '')],
  [2, new FolderError('not-writable', '')],
  [2, new LogError('in-the-way', '')],
  [2, new StateError('not-writable', '')],
  [2, new RunError('not-watched', '')],
  [4, new EngineError('unreachable', '')],
  [1, new EngineError('unknown', '')],
  [75, new LockError('held', '')],
  [1, new RegistryError('unreachable', '')],
  [2, new ServiceError('not-confirmed', '')],
  [2, new ServiceError('taken', '')],
  [1, new ServiceError('failed', '')],
  [1, new Error('a mistake of ours')],
  [1, 'nothing of the kind'],
])('%i for %s', (code, error) => {
  expect(exitCodeOf(error)).toBe(code);
});

it('are those that are documented', () => {
  const { interrupted, ...documented } = EXIT;
  expect(documented).toEqual({
    fine: 0,
    failed: 1,
    usage: 2,
    person: 3,
    noEngine: 4,
    updates: 10,
    locked: 75,
  });
  expect(interrupted).toBe(130);
});
