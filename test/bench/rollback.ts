import { until } from '../support/lab.ts';
import { type BenchHost, runRefreshd } from './bench-host.ts';
import { type Behaviour, CONTAINER, HOST_PORT, NAME, release } from './bench-service.ts';
import { type EngineEvent, followEvents } from './engine-events.ts';
import { type Figure, figuresOf } from './figure.ts';
import { inTurn } from './in-turn.ts';
import { type Prober, startProber, untilAnswer } from './prober.ts';

/** Seconds that a service gets to become well where that is what is waited for; the old one needs some of them, too. */
const HEALTH_TIMEOUT = 10;

/** How a version fails, in words, and from which event on, and how many milliseconds after it, that can be known. */
const FAILINGS = {
  exits: { what: 'it ends by itself', event: 'die', after: 0 },
  unhealthy: { what: 'its HEALTHCHECK says unhealthy', event: 'health_status: unhealthy', after: 0 },
  // One that begins with 500 may become well; that it does not is known when its time is over.
  '500': {
    what: `it answers 500 until REFRESHD_HEALTH_TIMEOUT (${HEALTH_TIMEOUT} s) is over`,
    event: 'start',
    after: HEALTH_TIMEOUT * 1000,
  },
} as const satisfies Partial<Record<Behaviour, object>>;
type Failing = keyof typeof FAILINGS;

const OLD = 'old';
const EXIT_ROLLED_BACK = 1;

/**
 * How long from the moment in which it can be known that a new version fails, until the old one answers again; beside
 * a person who waits for just that moment and has the two commands ready.
 */
export async function measureRollback(host: BenchHost): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const failing of ['exits', 'unhealthy', '500'] as const) {
    const { what } = FAILINGS[failing];
    const samples = await inTurn(host, `rollback, ${what}`, {
      'docker rm -f && docker start': {
        once: () => measureOnce(host, failing, () => goBackByHand(host, failing)),
      },
      refreshd: {
        once: round =>
          measureOnce(host, failing, async () => {
            await release(host, `${failing}-${round}`, failing);
            const more: Record<string, string> =
              failing === '500' ? { REFRESHD_HEALTH_TIMEOUT: `${HEALTH_TIMEOUT}s` } : {};
            await runRefreshd(host, ['run', NAME], { exit: EXIT_ROLLED_BACK, more });
          }),
      },
    });
    figures.push(
      ...figuresOf({ measurement: 'rollback', what, unit: 'ms' }, samples, 'docker rm -f && docker start'),
    );
  }
  await host.lab.clear();
  return figures;
}

async function measureOnce(host: BenchHost, failing: Failing, act: () => Promise<void>): Promise<number> {
  const { lab } = host;
  await lab.clear();
  await release(host, OLD, 'obeys');
  await lab.pull();
  await lab.run(NAME, CONTAINER);
  const prober = startProber(HOST_PORT);
  const { events, stop } = await followEvents(lab.socket);
  try {
    await untilAnswer(prober, isOld);
    const first = prober.answers.find(isOld)?.start;
    await act();
    const known = knownAt(events, failing);
    if (known === undefined) throw new Error(`the engine did not tell that ${FAILINGS[failing].what}`);
    const back = await untilAnswer(prober, answer => isOld(answer) && answer.start !== first);
    return back - known;
  } finally {
    stop();
    prober.stop();
  }
}

function isOld({ start }: Prober['answers'][number]): boolean {
  return start.startsWith(`${OLD}.`);
}

/** When it can be known that the new version fails; undefined if it cannot yet. */
function knownAt(events: readonly EngineEvent[], failing: Failing): number | undefined {
  const { event, after } = FAILINGS[failing];
  const found = events.find(({ action, version }) => action === event && version?.startsWith(failing));
  return found === undefined ? undefined : found.at + after;
}

/** The new one stands by, the moment is awaited, and the two requests follow at once. */
async function goBackByHand(host: BenchHost, failing: Failing): Promise<void> {
  const { lab } = host;
  await release(host, failing, failing, failing);
  await lab.pull(lab.reference('app', failing));
  await lab.run(`${NAME}-new`, { ...CONTAINER, Image: lab.reference('app', failing) }, false);
  const { events, stop } = await followEvents(lab.socket);
  try {
    await must(host, 'POST', `/containers/${NAME}/stop`);
    await must(host, 'POST', `/containers/${NAME}-new/start`);
    await until(
      'the failure is known',
      () => (knownAt(events, failing) ?? Number.POSITIVE_INFINITY) <= performance.now(),
    );
    await must(host, 'DELETE', `/containers/${NAME}-new?force=1`);
    await must(host, 'POST', `/containers/${NAME}/start`);
  } finally {
    stop();
  }
}

async function must({ lab }: BenchHost, method: string, path: string): Promise<void> {
  const { status, body } = await lab.api(method, path);
  if (status >= 300) throw new Error(`${method} ${path}: HTTP ${status} ${JSON.stringify(body)}`);
}
