import { expect, it } from 'vitest';
import type { Shaped } from '../../../src/base/shape.ts';
import type { Digest } from '../../../src/image/digest.ts';
import { type Pin, pinOf, waysToUnpin } from '../../../src/plan/pin.ts';
import { digestOf } from '../../support/rollout-samples.ts';

const A = digestOf('a');
const B = digestOf('b');
const GARBLED: Shaped<Digest> = { ok: false, problem: 'it is not JSON' };

it.each<[string, Digest | undefined, Digest | undefined | 'garbled', Pin]>([
  ['nothing', undefined, undefined, { kind: 'none' }],
  ['a label', A, undefined, { kind: 'only', digest: A, by: 'label' }],
  ['a command', undefined, A, { kind: 'only', digest: A, by: 'command' }],
  ['both alike', A, A, { kind: 'only', digest: A, by: 'label' }],
  [
    'two that differ',
    A,
    B,
    {
      kind: 'unclear',
      reason: `its label refreshd.pin allows only ${'a'.repeat(12)}, but refreshd pin only ${'b'.repeat(12)}: change the label, or run refreshd unpin web`,
    },
  ],
  [
    'what cannot be read',
    undefined,
    'garbled',
    { kind: 'unknown', reason: 'it may be pinned: it is not JSON' },
  ],
  [
    'a label beside what cannot be read',
    A,
    'garbled',
    { kind: 'unknown', reason: 'it may be pinned: it is not JSON' },
  ],
])('%s', (_, label, command, expected) => {
  expect(pinOf('web', label, command === 'garbled' ? GARBLED : { ok: true, value: command })).toEqual(
    expected,
  );
});

it('says how to undo each', () => {
  expect(waysToUnpin('web', { kind: 'only', digest: A, by: 'label' })).toBe(
    'Remove its label refreshd.pin first.',
  );
  expect(waysToUnpin('web', { kind: 'only', digest: A, by: 'command' })).toBe(
    'Run refreshd unpin web first.',
  );
});
