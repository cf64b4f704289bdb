import { expect, it } from 'vitest';
import {
  parseRolloutLabel,
  printRolloutLabel,
  type RolloutLabel,
} from '../../../src/container/rollout-label.ts';

const LABEL: RolloutLabel = {
  v: 1,
  role: 'successor',
  ...{ id: 'r1', home: 'h', name: 'web', predecessor: 'p', from: 'sha256:old', reference: 'web:1' },
  ...{
    digest: 'sha256:new',
    place: 1,
    restart: { name: 'on-failure', retries: 3 },
    running: true,
    vanishes: true,
  },
};

it('is read as it was written', () => {
  expect(parseRolloutLabel(printRolloutLabel(LABEL))).toEqual(LABEL);
});

it.each([
  ['none', undefined],
  ['empty', ''],
  ['no JSON', 'web'],
  ['of another version', JSON.stringify({ ...LABEL, v: 2 })],
  ['without an id', JSON.stringify({ ...LABEL, id: '' })],
  ['with an id that would not do in a name', JSON.stringify({ ...LABEL, id: '../x' })],
  ['without a name', JSON.stringify({ ...LABEL, name: '' })],
  ['without a predecessor', JSON.stringify({ ...LABEL, predecessor: '' })],
  ['without a restart policy', JSON.stringify({ ...LABEL, restart: undefined })],
])('is not ours where it is %s', (_, text) => {
  expect(parseRolloutLabel(text)).toBeUndefined();
});
