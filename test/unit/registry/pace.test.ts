import { expect, it } from 'vitest';
import { openPace } from '../../../src/registry/pace.ts';
import { handClock } from '../../support/hand-clock.ts';
import { httpAnswer, type ShortAnswer } from '../../support/scripted-http.ts';

const busy = (seconds: number | string, status = 429): ShortAnswer => ({
  status,
  headers: { 'retry-after': String(seconds) },
});
const OK: ShortAnswer = { status: 200 };

/** A server that gives these answers, the last one for ever, and when it was asked. */
function pacing(...answers: readonly ShortAnswer[]) {
  const clock = handClock();
  const pace = openPace(clock);
  const asked: number[] = [];
  const keep = () =>
    pace.keep(async () => {
      const index = asked.push(Math.floor(clock.elapsed() / 1000)) - 1;
      return httpAnswer(answers[Math.min(index, answers.length - 1)] ?? OK);
    });
  const statusOf = (kept: ReturnType<typeof keep>) => kept.then(({ status }) => status);
  return { clock, asked, ask: () => statusOf(keep()) };
}

it('a server that says when to come back is asked again then', async () => {
  const { clock, asked, ask } = pacing(busy(7), OK);
  const answer = ask();
  await clock.advance(6900);
  expect(asked).toEqual([0]);
  await clock.advance(1000);
  expect([await answer, asked]).toEqual([200, [0, 7]]);
});

it('it may say so by a date, and with 503', async () => {
  const { clock, asked, ask } = pacing(busy(new Date(1_000_000 + 10_000).toUTCString(), 503), OK);
  const answer = ask();
  await clock.advance(11_000);
  expect([await answer, asked]).toEqual([200, [0, 10]]);
});

it.each([429, 503, 500])('one that does not say when (HTTP %i) is not asked again', async status => {
  const { asked, ask } = pacing({ status });
  expect([await ask(), asked]).toEqual([status, [0]]);
});

it('everybody waits, not only who was refused', async () => {
  const { clock, asked, ask } = pacing(busy(5), OK);
  const first = ask();
  await clock.advance(1000);
  const second = ask();
  await clock.advance(3000);
  expect(asked).toEqual([0]);
  await clock.advance(2000);
  expect([await first, await second, asked]).toEqual([200, 200, [0, 5, 5]]);
});

it('one that wants to be left alone for longer is left alone by everybody', async () => {
  const { clock, asked, ask } = pacing(busy(3600));
  expect(await ask()).toBe(429);
  for (let count = 0; count < 40; count++) expect(await ask()).toBe(429);
  expect(asked).toEqual([0]);
  await clock.advance(3_600_000);
  await ask();
  expect(asked).toEqual([0, 3600]);
});

it('one that never has enough is asked three times for one thing, and waited for two minutes in all', async () => {
  const { clock, asked, ask } = pacing(busy(30));
  const first = ask();
  await clock.advance(120_000);
  expect([await first, asked]).toEqual([429, [0, 30, 60]]);
  for (let count = 0; count < 40; count++) {
    const next = ask();
    await clock.advance(200_000);
    expect(await next).toBe(429);
  }
  expect(asked.length).toBeLessThan(50);
  const many = pacing(busy(30));
  const all = Promise.all(Array.from({ length: 40 }, () => many.ask()));
  await many.clock.advance(600_000);
  await all;
  expect(Math.max(...many.asked)).toBeLessThanOrEqual(120);
});
