import { describe, expect, it } from 'vitest';
import type { ChildProcesses, Tick } from '../../../src/daemon/child-processes.ts';
import { keep } from '../../../src/daemon/keep.ts';
import { handClock, settled } from '../../support/hand-clock.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DEADLINE = 2 * HOUR;

/** What a tick answers: when to run, and perhaps when the window closes. */
type Answer = number | 'fails' | 'hangs' | Pick<Tick, 'runAt' | 'closesAt'>;

/** A daemon whose children are scripted, and a record of everything it did to them. */
async function daemon(script: {
  readonly ticks: readonly Answer[];
  readonly stopped?: boolean;
  /** Whether a command does not even end when it is killed. */
  readonly immortal?: boolean;
}) {
  const clock = handClock(0);
  const seen: string[] = [];
  const stop = new AbortController();
  const force = new AbortController();
  let reload = new AbortController();
  const ticks = [...script.ticks];
  let end: ((exit: number) => void) | undefined;
  const at = (what: string) => seen.push(`${clock.now() / MINUTE} ${what}`);
  const children: ChildProcesses = {
    tick: async (reason): Promise<Tick | number> => {
      at(`tick ${reason}`);
      if (reason === 'stop') return 0;
      const answer = ticks.shift() ?? 'fails';
      if (answer === 'hangs') return new Promise(() => undefined);
      if (answer === 'fails') return 2;
      const when = typeof answer === 'number' ? { runAt: answer } : answer;
      return { ...when, due: `at ${when.runAt / MINUTE}`, deadline: DEADLINE };
    },
    start: command => {
      at(command.join(' '));
      return {
        ended: new Promise(resolve => {
          end = resolve;
        }),
        stop: () => void at('asked to leave'),
        kill: () => {
          at('killed');
          if (!script.immortal) end?.(137);
        },
      };
    },
  };
  const signals = {
    stop: stop.signal,
    force: force.signal,
    reload: () => reload.signal,
    heedReload: () => {
      reload = new AbortController();
    },
  };
  const said: string[] = [];
  const say = (what: string) => void said.push(`${clock.now() / MINUTE} ${what}`);
  const supervisor = {
    ready: (words: string) => say(`ready: ${words}`),
    alive: () => say('alive'),
    stopping: () => say('stopping'),
    status: say,
  };
  if (script.stopped) stop.abort();
  const exit = { code: undefined as number | undefined };
  void keep({ children, clock, signals, supervisor }).then(code => {
    exit.code = code;
  });
  await settled();
  return {
    clock,
    exit,
    /** What was seen since the last time, each with its minute. */
    seen: () => seen.splice(0),
    /** What its supervisor heard since the last time, without the signs of life. */
    said: () => said.splice(0).filter(each => !each.endsWith(' alive')),
    /** When its supervisor heard a sign of life since the last time, in minutes. */
    alive: () => said.splice(0).flatMap(each => (each.endsWith(' alive') ? [Number.parseFloat(each)] : [])),
    childEnds: async (code: number) => {
      end?.(code);
      await settled();
    },
    signal: async (which: 'stop' | 'force' | 'reload') => {
      ({ stop, force, reload })[which].abort();
      await settled();
    },
  };
}

/** A daemon that has started and recovered, and waits for its first run. */
async function waiting(...ticks: Answer[]) {
  const one = await daemon({ ticks });
  await one.childEnds(0);
  one.seen();
  return one;
}

describe('the daemon', () => {
  it('asks when it is due, recovers, waits, runs, and asks again', async () => {
    const one = await daemon({ ticks: [HOUR, 3 * HOUR] });
    expect(one.seen()).toEqual(['0 tick start', '0 recover --scheduled']);
    await one.clock.advance(2 * MINUTE);
    await one.childEnds(0);
    await one.clock.advance(57 * MINUTE);
    expect(one.seen()).toEqual([]);
    await one.clock.advance(MINUTE);
    expect(one.seen()).toEqual(['60 run --scheduled']);
    await one.clock.advance(5 * MINUTE);
    await one.childEnds(0);
    expect(one.seen()).toEqual(['65 tick completed']);
    await one.clock.advance(3 * HOUR - 66 * MINUTE);
    expect(one.seen()).toEqual([]);
    await one.clock.advance(MINUTE);
    expect(one.seen()).toEqual(['180 run --scheduled']);
    expect(one.exit.code).toBeUndefined();
  });

  it('ends with the exit code of a first tick that fails', async () => {
    const one = await daemon({ ticks: ['fails'] });
    expect(one.seen()).toEqual(['0 tick start']);
    expect(one.exit.code).toBe(2);
  });

  it.each([
    [0, 'completed'],
    [1, 'completed'],
    [3, 'completed'],
    [4, 'repeat'],
    [75, 'repeat'],
  ])('takes a run that ended with %i for %s', async (code, reason) => {
    const one = await waiting(HOUR, 2 * HOUR);
    await one.clock.advance(HOUR);
    await one.childEnds(code);
    expect(one.seen()).toEqual(['60 run --scheduled', `60 tick ${reason}`]);
  });

  it.each([
    [0, []],
    [3, []],
    [1, ['1 recover --scheduled']],
    [4, ['1 recover --scheduled']],
    [75, ['1 recover --scheduled']],
    [137, ['1 recover --scheduled']],
  ])('after a recovery that ended with %i: %j', async (code, expected) => {
    const one = await daemon({ ticks: [HOUR] });
    one.seen();
    await one.childEnds(code);
    await one.clock.advance(59 * SECOND);
    expect(one.seen()).toEqual([]);
    await one.clock.advance(58 * MINUTE);
    expect(one.seen()).toEqual(expected);
  });

  it('recovers after a minute, then every five, until there is nothing left to try', async () => {
    const one = await daemon({ ticks: [HOUR] });
    for (const minutes of [1, 5, 5]) {
      await one.childEnds(4);
      await one.clock.advance(minutes * MINUTE);
    }
    await one.childEnds(0);
    await one.clock.advance(48 * MINUTE);
    expect(one.seen()).toEqual([
      '0 tick start',
      ...[0, 1, 6, 11].map(minute => `${minute} recover --scheduled`),
    ]);
  });

  it('runs when it is due though recovery failed, and goes on recovering', async () => {
    const one = await daemon({ ticks: [3 * MINUTE, HOUR] });
    for (const minutes of [1, 2]) {
      await one.childEnds(4);
      await one.clock.advance(minutes * MINUTE);
    }
    await one.childEnds(1);
    await one.clock.advance(3 * MINUTE);
    expect(one.seen()).toEqual([
      '0 tick start',
      '0 recover --scheduled',
      '1 recover --scheduled',
      '3 run --scheduled',
      '3 tick completed',
      '6 recover --scheduled',
    ]);
  });

  it.each([130, 134, 137, 143])('recovers after a run that was ended (%i)', async code => {
    const one = await waiting(HOUR, 9 * HOUR);
    await one.clock.advance(HOUR);
    await one.childEnds(code);
    await one.childEnds(75);
    await one.clock.advance(MINUTE);
    expect(one.seen()).toEqual([
      '60 run --scheduled',
      '60 tick completed',
      '60 recover --scheduled',
      '61 recover --scheduled',
    ]);
  });
});

describe('told to stop while a run does not leave', () => {
  it('makes it a quarter of an hour later', async () => {
    const one = await waiting(HOUR);
    await one.clock.advance(HOUR);
    await one.signal('stop');
    await one.clock.advance(15 * MINUTE);
    expect(one.seen()).toEqual(['60 run --scheduled', '60 asked to leave', '75 killed', '75 tick stop']);
    expect(one.exit.code).toBe(0);
  });
});

describe('told to stop', () => {
  it('leaves at once if nothing runs', async () => {
    const one = await waiting(HOUR);
    await one.clock.advance(MINUTE);
    await one.signal('stop');
    expect(one.seen()).toEqual(['1 tick stop']);
    expect(one.exit.code).toBe(0);
  });

  it('asks a run to leave, once, waits for it, and asks again if told again', async () => {
    const one = await waiting(HOUR, 5 * HOUR);
    await one.clock.advance(HOUR);
    await one.signal('stop');
    await one.clock.advance(10 * MINUTE);
    expect(one.seen()).toEqual(['60 run --scheduled', '60 asked to leave']);
    await one.signal('force');
    expect(one.seen()).toEqual(['70 asked to leave']);
    expect(one.exit.code).toBeUndefined();
    await one.childEnds(130);
    // A run that left with the daemon is not through, so its due time stays as it is.
    expect(one.seen()).toEqual(['70 tick stop']);
    expect(one.exit.code).toBe(0);
  });

  it('before anything runs, starts nothing', async () => {
    const one = await daemon({ ticks: [0], stopped: true });
    expect(one.seen()).toEqual(['0 tick start', '0 tick stop']);
    expect(one.exit.code).toBe(0);
  });

  it('leaves at once though a recovery is to be tried again', async () => {
    const one = await daemon({ ticks: [HOUR] });
    await one.childEnds(4);
    one.seen();
    await one.signal('stop');
    expect(one.seen()).toEqual(['0 tick stop']);
    expect(one.exit.code).toBe(0);
  });

  it('while it recovers, starts no run', async () => {
    const one = await daemon({ ticks: [0] });
    await one.signal('stop');
    await one.childEnds(0);
    expect(one.seen()).toEqual(['0 tick start', '0 recover --scheduled', '0 asked to leave', '0 tick stop']);
    expect(one.exit.code).toBe(0);
  });
});

describe('told to read its settings again', () => {
  it('asks when it is due, and goes by that', async () => {
    const one = await waiting(10 * HOUR, 2 * HOUR);
    await one.clock.advance(HOUR);
    await one.signal('reload');
    expect(one.seen()).toEqual(['60 tick reload']);
    await one.clock.advance(HOUR);
    expect(one.seen()).toEqual(['120 run --scheduled']);
  });

  it.each(['recover', 'run'])('in the middle of a %s: asks when that is over', async command => {
    const one = await daemon({ ticks: [HOUR, 5 * HOUR, 5 * HOUR] });
    if (command === 'run') {
      await one.childEnds(0);
      await one.clock.advance(HOUR);
    }
    one.seen();
    await one.signal('reload');
    expect(one.seen()).toEqual([]);
    await one.childEnds(0);
    expect(one.seen().at(-1)).toMatch(/ tick reload$/);
    await one.signal('reload');
    expect(one.seen()).toEqual([expect.stringMatching(/ tick reload$/)]);
  });

  it('goes on as before if they cannot be read, and can be told again', async () => {
    const one = await waiting(2 * HOUR, 'fails', 'fails');
    await one.signal('reload');
    await one.signal('reload');
    expect(one.seen()).toEqual(['0 tick reload', '0 tick reload']);
    await one.clock.advance(2 * HOUR);
    expect(one.seen()).toEqual(['120 run --scheduled']);
  });
});

describe('a tick that fails after a run', () => {
  it('does not end the daemon', async () => {
    const one = await waiting(HOUR, 'fails', 9 * HOUR);
    await one.clock.advance(HOUR);
    await one.childEnds(0);
    await one.clock.advance(4 * MINUTE);
    expect(one.seen()).toEqual(['60 run --scheduled', '60 tick completed']);
    expect(one.exit.code).toBeUndefined();
    await one.signal('stop');
    expect(one.exit.code).toBe(0);
  });

  // There is exactly one run per due time: what is tried again is the tick.
  it('is tried again after five minutes, without another run', async () => {
    const one = await waiting(HOUR, 'fails', 9 * HOUR);
    await one.clock.advance(HOUR);
    await one.childEnds(0);
    one.seen();
    await one.clock.advance(6 * MINUTE);
    expect(one.seen()).toEqual(['65 tick completed']);
  });
});

describe('a run that takes too long', () => {
  it('is asked to leave at its deadline, and made to a quarter of an hour later', async () => {
    const one = await waiting(HOUR, 9 * HOUR);
    await one.clock.advance(HOUR + DEADLINE - 1);
    expect(one.seen()).toEqual(['60 run --scheduled']);
    await one.clock.advance(1);
    expect(one.seen()).toEqual(['180 asked to leave']);
    await one.clock.advance(15 * MINUTE - 1);
    expect(one.seen()).toEqual([]);
    await one.clock.advance(1);
    expect(one.seen()).toEqual(['195 killed', '195 tick completed', '195 recover --scheduled']);
  });

  it('is left alone if it leaves when it is asked', async () => {
    const one = await waiting(HOUR, 9 * HOUR);
    await one.clock.advance(HOUR + DEADLINE);
    await one.childEnds(1);
    await one.clock.advance(HOUR);
    expect(one.seen()).toEqual(['60 run --scheduled', '180 asked to leave', '180 tick completed']);
  });

  it('may be the recovery at the start', async () => {
    const one = await daemon({ ticks: [9 * HOUR] });
    await one.clock.advance(DEADLINE + 15 * MINUTE);
    expect(one.seen()).toEqual(['0 tick start', '0 recover --scheduled', '120 asked to leave', '135 killed']);
  });

  it('is timed on the clock that only grows', async () => {
    const one = await waiting(HOUR, 9 * HOUR);
    await one.clock.advance(HOUR);
    one.clock.jump(24 * HOUR);
    await one.clock.advance(MINUTE);
    expect(one.seen()).toEqual(['60 run --scheduled']);
  });
});

describe('a window', () => {
  it('that closes asks a run to leave before its deadline', async () => {
    const one = await waiting({ runAt: HOUR, closesAt: HOUR + 30 * MINUTE }, 9 * HOUR);
    await one.clock.advance(HOUR + 30 * MINUTE);
    expect(one.seen()).toEqual(['60 run --scheduled', '90 asked to leave']);
    await one.childEnds(0);
    expect(one.seen()).toEqual(['90 tick completed']);
  });

  it('that is open longer than a run may take changes nothing', async () => {
    const one = await waiting({ runAt: HOUR, closesAt: HOUR + 2 * DEADLINE }, 9 * HOUR);
    await one.clock.advance(HOUR + DEADLINE);
    expect(one.seen()).toEqual(['60 run --scheduled', '180 asked to leave']);
  });

  it('that has closed while a recovery was at work lets no run begin', async () => {
    const one = await daemon({ ticks: [{ runAt: MINUTE, closesAt: HOUR }, 24 * HOUR] });
    await one.clock.advance(HOUR);
    await one.childEnds(0);
    expect(one.seen()).toEqual(['0 tick start', '0 recover --scheduled', '60 tick repeat']);
    await one.clock.advance(23 * HOUR);
    expect(one.seen()).toEqual(['1440 run --scheduled']);
  });

  it('does not hold back a recovery', async () => {
    const one = await waiting({ runAt: HOUR, closesAt: HOUR + MINUTE }, 24 * HOUR);
    await one.clock.advance(HOUR + MINUTE);
    await one.childEnds(130);
    await one.clock.advance(HOUR);
    expect(one.seen()).toEqual([
      '60 run --scheduled',
      '61 asked to leave',
      '61 tick completed',
      '61 recover --scheduled',
    ]);
  });
});

describe('a wall clock that jumps', () => {
  it('forward over the moment, as after sleep: it asks within half a minute, and goes by that', async () => {
    const one = await waiting(10 * HOUR, 12 * HOUR + 10 * MINUTE);
    await one.clock.advance(MINUTE);
    one.clock.jump(12 * HOUR);
    await one.clock.advance(30 * SECOND);
    expect(one.seen()).toEqual(['721.5 tick moved']);
    await one.clock.advance(8.5 * MINUTE);
    expect(one.seen()).toEqual(['730 run --scheduled']);
  });

  it('forward over the moment while nobody can say what then: it runs', async () => {
    const one = await waiting(10 * HOUR, 'fails');
    one.clock.jump(12 * HOUR);
    await one.clock.advance(30 * SECOND);
    expect(one.seen()).toEqual(['720.5 tick moved', '720.5 run --scheduled']);
  });

  it('forward by less than the moment, or hardly over it: it goes on as before', async () => {
    const one = await waiting(10 * HOUR);
    one.clock.jump(9 * HOUR + 59 * MINUTE);
    await one.clock.advance(29 * SECOND);
    one.clock.jump(MINUTE + 29 * SECOND);
    await one.clock.advance(SECOND);
    expect(one.seen()).toEqual([expect.stringMatching(/^600\.\d+ run --scheduled$/)]);
  });

  it('over the moment while a recovery is at work: it runs when that is over', async () => {
    const one = await daemon({ ticks: [HOUR] });
    one.clock.jump(2 * HOUR);
    await one.clock.advance(MINUTE);
    await one.childEnds(0);
    expect(one.seen()).toEqual(['0 tick start', '0 recover --scheduled', '121 run --scheduled']);
  });

  it('back: it asks, and waits until the clock says so', async () => {
    const one = await waiting(HOUR, HOUR);
    await one.clock.advance(59 * MINUTE);
    one.clock.jump(-HOUR);
    await one.clock.advance(HOUR);
    expect(one.seen()).toEqual(['-0.5 tick moved']);
    await one.clock.advance(MINUTE);
    expect(one.seen()).toEqual(['60 run --scheduled']);
  });

  it('back by little, as clocks are corrected: it does not ask', async () => {
    const one = await waiting(HOUR);
    await one.clock.advance(59 * MINUTE);
    one.clock.jump(-MINUTE);
    await one.clock.advance(2 * MINUTE);
    expect(one.seen()).toEqual(['60 run --scheduled']);
  });

  it('as it is told to read its settings: it asks once', async () => {
    const one = await waiting(10 * HOUR, 20 * HOUR);
    one.clock.jump(-HOUR);
    await one.signal('reload');
    expect(one.seen()).toEqual(['-60 tick reload']);
  });

  it('is looked at exactly when it is due, and never more often than needed', async () => {
    const one = await waiting(70 * SECOND, HOUR);
    await one.clock.advance(70 * SECOND);
    const [ofRecovery, ...others] = one.clock.sleeps;
    expect(others.slice(0, 3)).toEqual([30 * SECOND, 30 * SECOND, 10 * SECOND]);
    expect([ofRecovery, ...others.slice(3)]).toEqual([30 * SECOND, 30 * SECOND]);
  });
});

describe('whoever watches over it', () => {
  it('hears what it is doing, and what went wrong last', async () => {
    const one = await daemon({ ticks: [HOUR, 2 * HOUR] });
    expect(one.said()).toEqual([
      '0 ready: Bringing to an end what was interrupted, if anything was.',
      '0 Bringing to an end what was interrupted, if anything was.',
    ]);
    await one.childEnds(4);
    expect(one.said()).toEqual(['0 The Docker engine could not be reached. Next run at 60.']);
    await one.clock.advance(MINUTE);
    await one.childEnds(0);
    expect(one.said()).toEqual([
      '1 Bringing to an end what was interrupted, if anything was.',
      '1 Next run at 60.',
    ]);
    await one.clock.advance(59 * MINUTE);
    expect(one.said()).toEqual(['60 A run is at work.']);
    await one.childEnds(3);
    expect(one.said()).toEqual(['60 A person is needed: see refreshd status. Next run at 120.']);
    await one.signal('stop');
    expect(one.said()).toEqual(['60 stopping']);
  });

  it('hears nothing of one that cannot start', async () => {
    const one = await daemon({ ticks: ['fails'] });
    expect(one.said()).toEqual([]);
  });

  it('gets a sign of life every half minute, whether it waits, runs, leaves or asks again', async () => {
    const one = await waiting(2 * MINUTE, 'fails', 10 * MINUTE);
    one.alive();
    await one.clock.advance(2 * MINUTE - 1);
    expect(one.alive()).toEqual([0.5, 1, 1.5]);
    await one.clock.advance(1 + 2 * MINUTE);
    expect(one.alive()).toEqual([2, 2.5, 3, 3.5, 4]);
    await one.childEnds(0);
    await one.clock.advance(MINUTE);
    expect(one.alive()).toEqual([4, 4.5, 5]);
    await one.clock.advance(4 * MINUTE);
    one.alive();
    await one.clock.advance(2 * MINUTE);
    await one.signal('stop');
    one.alive();
    await one.clock.advance(MINUTE);
    expect(one.alive()).toHaveLength(2);
  });

  it('gets none while a tick does not end', async () => {
    const one = await waiting(HOUR, 'hangs');
    await one.clock.advance(HOUR);
    await one.childEnds(0);
    one.alive();
    await one.clock.advance(HOUR);
    expect(one.alive()).toEqual([]);
  });

  it('gets none of a run that does not even end when it is killed', async () => {
    const one = await daemon({ ticks: [9 * HOUR], immortal: true });
    await one.clock.advance(DEADLINE + 15 * MINUTE);
    expect(one.alive().at(-1)).toBe(134.5);
    await one.clock.advance(HOUR);
    expect(one.alive()).toEqual([]);
  });
});
