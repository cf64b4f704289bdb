import { describe, expect, it } from 'vitest';
import { type InspectedContainer, inspectedContainerShape } from '../../../src/container/inspected.ts';
import { assessHealth, beginWatching, type HealthVerdict } from '../../../src/plan/assess-health.ts';
import type { HealthDemand } from '../../../src/plan/health-demand.ts';
import { DEMAND, NEW_IMAGE, OLD_IMAGE } from '../../support/rollout-samples.ts';

/** What the engine says, as differences from a container that runs well. */
interface Look {
  readonly state?: Record<string, unknown>;
  readonly restarts?: number;
  readonly image?: string;
  readonly health?: string;
  readonly output?: string;
  readonly healthcheck?: Record<string, unknown> | null;
  readonly host?: Record<string, unknown>;
  readonly ports?: Record<string, unknown>;
  readonly answer?: boolean;
  readonly gone?: boolean;
}

function container({
  state,
  restarts,
  image,
  health,
  output,
  healthcheck,
  host,
  ports,
}: Look): InspectedContainer {
  const log = output === undefined ? [] : [{ ExitCode: 0, Output: 'an older one' }, { Output: output }];
  return inspectedContainerShape.parse({
    Id: 'x',
    Name: '/web',
    Image: image ?? OLD_IMAGE,
    RestartCount: restarts ?? 0,
    State: {
      Status: 'running',
      Running: true,
      StartedAt: 't0',
      ...(health !== undefined && { Health: { Status: health, Log: log } }),
      ...state,
    },
    Config: { Healthcheck: healthcheck },
    HostConfig: host ?? {},
    NetworkSettings: { Ports: ports },
  });
}

/** The verdict on each of several looks, one every `every` seconds, in words. */
function watch(demand: Partial<HealthDemand>, looks: readonly Look[], every = 10): string[] {
  const full = { ...DEMAND, ...demand };
  let progress = beginWatching(0);
  return looks.map((look, index) => {
    const verdict: HealthVerdict = assessHealth(full, progress, {
      at: index * every * 1000,
      container: look.gone ? undefined : container(look),
      answer:
        look.answer === undefined
          ? undefined
          : { ok: look.answer, says: look.answer ? 'HTTP 200' : 'HTTP 500' },
    });
    if (verdict.kind === 'failed') return `${verdict.blame}: ${verdict.reason}`;
    progress = verdict.progress;
    return verdict.kind;
  });
}

const well: Look = {};
const PROBE = { probe: { at: 'port', port: 80, path: '/health' } } as const;
const good: Look = { answer: true };
const bad: Look = { answer: false };
const starting: Look = { health: 'starting' };
const healthy: Look = { health: 'healthy' };
const WAITING = 'waiting';
const PROVEN = 'proven';
const waits = (count: number) => Array<string>(count).fill(WAITING);
const times = (count: number, look: Look) => Array<Look>(count).fill(look);

const PORT = { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } };

describe('what ends it at once', () => {
  it.each<[string, Partial<HealthDemand>, Look[], string]>([
    ['it is gone', {}, [{ gone: true }], 'environment: somebody removed the container while it was watched'],
    [
      'it is gone, as the engine removes it when it stops',
      { vanishes: true },
      [well, { gone: true }],
      'image: it stopped by itself, and the engine removed it (--rm)',
    ],
    [
      'it stopped, though it was ill before',
      { mustBeHealthy: false },
      [{ state: { Running: false, ExitCode: 3 } }],
      'image: it stopped by itself (exit code 3)',
    ],
    [
      'it runs another image',
      {},
      [{ image: NEW_IMAGE }],
      'environment: it runs another image than the one that was decided on',
    ],
    [
      'it was killed for memory',
      {},
      [{ state: { OOMKilled: true } }],
      'image: it was killed for want of memory',
    ],
    [
      'it stopped',
      {},
      [well, { state: { Running: false, ExitCode: 3 } }],
      'image: it stopped by itself (exit code 3)',
    ],
    [
      'it stopped for a reason that the engine gives, cleaned',
      {},
      [{ state: { Running: false, ExitCode: 127, Error: 'no\u001b[31m such\nfile' } }],
      'image: it stopped by itself (exit code 127, no such file)',
    ],
    [
      'it stopped with no exit code',
      {},
      [{ state: { Running: false } }],
      'image: it stopped by itself (exit code unknown)',
    ],
    [
      'it is being restarted',
      {},
      [{ state: { Restarting: true, ExitCode: 1 } }],
      'image: it crashed and was restarted (exit code 1)',
    ],
    [
      'it was restarted by the engine',
      {},
      [well, { restarts: 1, state: { ExitCode: 0 } }],
      'image: it crashed and was restarted',
    ],
    [
      'it was started again between two looks',
      {},
      [well, { state: { StartedAt: 't1', ExitCode: 0 } }],
      'image: it crashed and was restarted',
    ],
    [
      'its HEALTHCHECK failed, with what it last said',
      {},
      [starting, { health: 'unhealthy', output: 'db\nis down' }],
      'image: its HEALTHCHECK says unhealthy: db is down',
    ],
    [
      'its HEALTHCHECK failed silently',
      {},
      [{ health: 'unhealthy', output: '' }],
      'image: its HEALTHCHECK says unhealthy',
    ],
    [
      'a port is not there',
      { ports: ['80/tcp'] },
      [{ host: PORT, ports: {} }],
      'environment: port 80/tcp was not published by the engine',
    ],
    [
      'a port is there, but bound to nothing',
      { ports: ['80/tcp'] },
      [{ host: PORT, ports: { '80/tcp': null } }],
      'environment: port 80/tcp was not published by the engine',
    ],
  ])('%s', (_, demand, looks, reason) => {
    expect(watch(demand, looks).at(-1)).toBe(reason);
  });

  it('not a port that is published, nor one that was only exposed', () => {
    const published = { host: PORT, ports: { '80/tcp': [{ HostPort: '8080' }] } };
    expect(watch({}, [published])).toEqual([WAITING]);
    expect(watch({}, [{ host: { PortBindings: { '80/tcp': [], '81/tcp': null } } }])).toEqual([WAITING]);
  });

  // The engine keeps PortBindings of a container on the host's own network, and publishes nothing.
  it('not a port of a container on the network of the host', () => {
    expect(watch({}, [{ host: { ...PORT, NetworkMode: 'host' }, ports: {} }])).toEqual([WAITING]);
  });
});

describe('without /health and HEALTHCHECK', () => {
  it('is proven once it has run for the stable time', () => {
    expect(watch({ stableFor: 30_000 }, times(4, well))).toEqual([...waits(3), PROVEN]);
    expect(watch({ stableFor: 0 }, [well])).toEqual([PROVEN]);
  });

  it('does not care for what came before it was watched', () => {
    expect(watch({ stableFor: 0 }, [{ restarts: 7 }])).toEqual([PROVEN]);
  });
});

describe('/health', () => {
  it('counts as well after three good answers in a row, and must then stay so', () => {
    expect(watch({ ...PROBE, stableFor: 20_000 }, times(5, good))).toEqual([...waits(4), PROVEN]);
    expect(watch({ ...PROBE, stableFor: 20_000 }, [good, good, bad, ...times(5, good)])).toEqual([
      ...waits(7),
      PROVEN,
    ]);
  });

  it('that never answers well fails at the limit, with its last words', () => {
    expect(watch({ ...PROBE, timeout: 30_000 }, times(4, bad))).toEqual([
      ...waits(3),
      'image: not healthy after 30 s: HTTP 500',
    ]);
    expect(watch({ ...PROBE, timeout: 10_000 }, times(2, well)).at(-1)).toBe(
      'image: not healthy after 10 s: it was not seen running',
    );
  });

  it('that falters starts the stable time anew, and has that much longer in all', () => {
    const demand = { ...PROBE, timeout: 40_000, stableFor: 30_000 };
    const faltering = [good, good, good, bad];
    expect(watch(demand, [...faltering, ...times(6, good)])).toEqual([...waits(9), PROVEN]);
    expect(watch(demand, [...faltering, ...times(4, bad)])).toEqual([
      ...waits(7),
      'image: not healthy after 70 s: HTTP 500',
    ]);
  });

  it('tells when it first answered well', () => {
    let progress = beginWatching(0);
    for (const [at, ok] of [
      [1, false],
      [2, true],
      [3, true],
    ] as const) {
      const verdict = assessHealth({ ...DEMAND, ...PROBE }, progress, {
        at,
        container: container({}),
        answer: { ok, says: '' },
      });
      if (verdict.kind !== 'failed') progress = verdict.progress;
    }
    expect(progress).toMatchObject({ firstWell: 2, goodAnswers: 2 });
    const running = assessHealth(DEMAND, beginWatching(0), {
      at: 5,
      container: container({}),
      answer: undefined,
    });
    expect(running).toMatchObject({ progress: { firstWell: 5, wellSince: 5 } });
  });
});

describe('HEALTHCHECK', () => {
  const quick = { Test: ['CMD', 'x'], Interval: 1e9, Timeout: 1e9, Retries: 1, StartPeriod: 2e9 };
  it('is waited for until it says healthy', () => {
    expect(watch({ stableFor: 10_000 }, [starting, starting, healthy, healthy])).toEqual([
      ...waits(3),
      PROVEN,
    ]);
    expect(watch({ stableFor: 0 }, [{ health: 'none' }])).toEqual([PROVEN]);
  });

  it('that never leaves starting fails at the limit', () => {
    expect(watch({ timeout: 20_000 }, times(3, starting)).at(-1)).toBe(
      'image: not healthy after 20 s: its HEALTHCHECK says starting',
    );
  });

  it.each<[string, Look['healthcheck'], number]>([
    ['none', null, 60],
    ['switched off', { Test: ['NONE'] }, 60],
    ['the engine’s defaults: 4 × (30 s + 30 s) + 5 s', { Test: ['CMD', 'x'] }, 245],
    [
      'zeroes, which mean the defaults',
      { ...quick, Interval: 0, Timeout: 0, Retries: 0, StartPeriod: 0 },
      245,
    ],
    [
      'its own numbers: 40 s + 3 × (20 s + 5 s) + 5 s',
      { Test: ['CMD', 'x'], StartPeriod: 40e9, Interval: 20e9, Timeout: 5e9, Retries: 2 },
      120,
    ],
    ['quicker than the limit', quick, 60],
  ])('gets the time it may need: %s', (_, healthcheck, seconds) => {
    const last = (at: number) =>
      assessHealth(DEMAND, beginWatching(0), {
        at: at * 1000,
        container: container({ health: 'starting', ...(healthcheck !== undefined && { healthcheck }) }),
        answer: undefined,
      }).kind;
    expect([last(seconds - 0.001), last(seconds)]).toEqual([WAITING, 'failed']);
  });
});

describe('/health beside a HEALTHCHECK that may take long', () => {
  const slow = { Test: ['CMD', 'x'], StartPeriod: 600e9 };
  it('has its own time from when that said healthy, and no more', () => {
    const ill = { ...bad, health: 'healthy', healthcheck: slow };
    expect(
      watch({ ...PROBE, timeout: 20_000 }, [
        ...times(4, { ...bad, health: 'starting', healthcheck: slow }),
        ill,
        ill,
        ill,
      ]),
    ).toEqual([...waits(6), 'image: not healthy after 60 s: HTTP 500']);
  });
});

describe('one that was not healthy before', () => {
  const lenient = { ...PROBE, mustBeHealthy: false, stableFor: 10_000 };
  it('has only to run', () => {
    expect(watch(lenient, [bad, { ...bad, health: 'unhealthy' }])).toEqual([WAITING, PROVEN]);
  });

  it('and may crash as it did', () => {
    expect(watch(lenient, [bad, { restarts: 1, state: { ExitCode: 1 } }]).at(-1)).toBe(PROVEN);
  });
});
