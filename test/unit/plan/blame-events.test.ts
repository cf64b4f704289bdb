import { expect, it } from 'vitest';
import { type EngineEvent, endedBy, isByHand } from '../../../src/plan/blame-events.ts';

const events = (...actions: string[]): EngineEvent[] => actions.map(action => ({ action, container: 'c' }));
const noise = (count: number): EngineEvent[] =>
  Array.from({ length: count }, () => ({ action: 'exec_start', container: 'other' }));

it.each([
  ['ends by itself', events('start', 'die'), undefined],
  ['runs out of memory', events('start', 'oom', 'die'), undefined],
  ['is stopped', events('start', 'kill', 'die', 'stop'), 'somebody stopped it from outside'],
  [
    'is restarted',
    events('start', 'kill', 'die', 'stop', 'start', 'restart'),
    'somebody stopped it from outside',
  ],
  ['was stopped by us before it was started', events('kill', 'die', 'stop', 'start', 'die'), undefined],
  ['loses its engine', noise(3), 'the engine was restarted'],
  ['is on an engine that has forgotten its start', noise(256), undefined],
  ['is on one that, beside that, does not tell what came while it was asked', noise(240), undefined],
  [
    'is beside one that is stopped',
    [...events('start', 'die'), { action: 'kill', container: 'other' }],
    undefined,
  ],
])('a container that %s', (_, seen, expected) => {
  expect(endedBy(seen, 'c')).toBe(expected);
});

it.each([
  ['was stopped', events('kill', 'die', 'stop'), true],
  ['was killed', events('kill', 'die'), true],
  ['ended by itself', events('die'), false],
  ['ran out of memory', events('oom', 'die'), false],
  ['is said nothing of', noise(3), false],
  ['was stopped, started again, and ended by itself', events('kill', 'die', 'stop', 'start', 'die'), false],
])('one that had run for long and %s', (_, seen, expected) => {
  expect(isByHand(seen, 'c')).toBe(expected);
});
