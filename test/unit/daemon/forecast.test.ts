import { expect, it } from 'vitest';
import { forecast } from '../../../src/daemon/forecast.ts';
import type { Schedule } from '../../../src/daemon/schedule.ts';

const DAY = 24 * 60 * 60_000;
const NOW = Date.UTC(2026, 6, 5, 3);
const SCHEDULE: Schedule = { expression: '0 3 * * *', zone: 'UTC', window: undefined };
const remembered = (due: number, runAt: number) => ({
  expression: '0 3 * * *',
  zone: 'UTC',
  due: NOW + due,
  runAt: NOW + runAt,
});

it.each([
  ['without a daemon', undefined, [DAY, 2 * DAY, 3 * DAY], false],
  ['of another schedule', { ...remembered(DAY, DAY), zone: 'Asia/Tokyo' }, [DAY, 2 * DAY, 3 * DAY], false],
  ['that is waited for', remembered(DAY, DAY + 7), [DAY + 7, 2 * DAY, 3 * DAY], true],
  ['that is made up for', remembered(-DAY, 7), [7, DAY, 2 * DAY], true],
  ['that is at work', remembered(-7, -5), [-5, DAY, 2 * DAY], true],
  ['that is put off over others', remembered(0, 2 * DAY + 7), [2 * DAY + 7, 3 * DAY, 4 * DAY], true],
])('the next runs, from one %s', (_, memory, runs, isWaitedFor) => {
  const answer = forecast(SCHEDULE, memory, NOW, 3);
  expect(answer.runs.map(each => each - NOW)).toEqual(runs);
  expect(answer.isWaitedFor).toBe(isWaitedFor);
});
