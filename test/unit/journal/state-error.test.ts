import { expect, it } from 'vitest';
import { sentenceOf } from '../../../src/base/failure.ts';
import { toStateError } from '../../../src/journal/state-error.ts';

const system = (code: string) => Object.assign(new Error(`${code}: in Node’s words`), { code });
const CHECK = 'Check owner and mode of the state folder (yours, 0700).';

it.each([
  [
    'write',
    system('ENOSPC'),
    'not-writable',
    '/s/x cannot be written (ENOSPC). The disk is full: free some room.',
  ],
  ['write', system('EROFS'), 'not-writable', `/s/x cannot be written (EROFS). ${CHECK}`],
  ['read', system('EACCES'), 'unreadable', `/s/x cannot be read (EACCES). ${CHECK}`],
  ['read', new Error('not a file'), 'unreadable', `/s/x cannot be read (not a file). ${CHECK}`],
  ['read', 'odd', 'unreadable', `/s/x cannot be read (unknown error). ${CHECK}`],
] as const)('to %s, where %s', (action, cause, code, sentence) => {
  const error = toStateError(action, '/s/x', cause);
  expect(error).toMatchObject({ name: 'StateError', code, cause });
  expect(sentenceOf(error)).toBe(sentence);
});
