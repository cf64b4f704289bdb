import type { Clock } from '../base/clock.ts';
import type { HttpAnswer } from '../base/http.ts';
import { retryAfter } from './retry-after.ts';

/** How quickly a server may be asked, by what it says itself. */
export interface Pace {
  /**
   * Asks when the server wants to be asked, and again where it refuses and says until when.
   * @returns the refusal, where it wants to be left alone for longer than anybody waits; without asking, where it
   *   said so before
   */
  keep(ask: () => Promise<HttpAnswer>): Promise<HttpAnswer>;
}

/** How long one server is waited for in one run, all waits together, in milliseconds. */
const PATIENCE = 2 * 60_000;
/** The most times that one question is asked again. */
const AGAIN = 2;
/** All who wait would else come back at the same instant. */
const SPREAD = 250;

export function openPace(clock: Clock): Pace {
  let notBefore = Number.NEGATIVE_INFINITY;
  let refusal: HttpAnswer | undefined;
  let end: number | undefined;

  const learn = (answer: HttpAnswer): boolean => {
    const wait = retryAfter(answer, clock.now());
    if (wait === undefined) return false;
    end ??= clock.elapsed() + PATIENCE;
    notBefore = clock.elapsed() + wait;
    refusal = answer;
    return true;
  };
  return {
    keep: async ask => {
      for (let again = 0; ; again++) {
        const wait = notBefore - clock.elapsed();
        if (wait > 0 && refusal !== undefined && notBefore > (end ?? 0)) return refusal;
        if (wait > 0) await clock.sleep(wait + Math.random() * SPREAD);
        const answer = await ask();
        if (!learn(answer) || again >= AGAIN) return answer;
      }
    },
  };
}
