import { join } from 'node:path';
import type { Clock } from '../../src/base/clock.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Failure, sentenceOf } from '../../src/base/failure.ts';
import type { Log } from '../../src/base/log.ts';
import { findHome } from '../../src/cli/home.ts';
import { openTools } from '../../src/cli/open-tools.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { openDockerEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineDeadlines } from '../../src/engine/engine-requests.ts';
import { UNWATCHED } from '../../src/rollout/tools.ts';
import type { RunTools } from '../../src/run/run-tools.ts';
import type { Life } from './life.ts';
import { behindDoor, type StateDoor } from './state-door.ts';

/** Long enough for a busy machine, short enough to be waited out often. */
const DEADLINES: EngineDeadlines = { read: 1000, write: 1500, slowWrite: 2500, pullSilence: 2500 };
const SETTINGS = {
  REFRESHD_WATCH: 'all',
  REFRESHD_STABLE_FOR: '0',
  REFRESHD_HEALTH_TIMEOUT: '2s',
  REFRESHD_STOP_TIMEOUT: '1s',
};

/** How a run ended. */
export type RunEnd =
  | { readonly kind: 'ended'; readonly outcomes: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'killed' };

export interface MortalRun {
  readonly home: string;
  readonly socket: string;
  readonly life: Life;
  /** The lines of its log. */
  readonly lines: string[];
  /** Fires when it is told to leave. */
  readonly interrupted?: AbortSignal;
  /** Decides about what it writes down; all of that goes well if left out. */
  readonly spoilWrite?: StateDoor['spoil'];
  /** @returns what came of each container */
  readonly act: (tools: RunTools) => Promise<readonly string[]>;
}

/**
 * Runs in this process what the command runs in one of its own, a hundred times as fast to start. It can be killed:
 * from then on its engine and its clock are silent, so it does nothing any more, just like a process that is gone.
 */
export function runMortal(run: MortalRun): Promise<RunEnd> {
  const killed = run.life.ended.then((): RunEnd => ({ kind: 'killed' }));
  return Promise.race([runToItsEnd(run), killed]);
}

async function runToItsEnd({
  home: path,
  socket,
  life,
  lines,
  interrupted = new AbortController().signal,
  spoilWrite: spoil = () => undefined,
  act,
}: MortalRun): Promise<RunEnd> {
  try {
    const { tools, close } = await openTools({
      home: findHome(path),
      settings: await readSettings(path, SETTINGS),
      environment: { DOCKER_HOST: `unix://${socket}`, HOME: path },
      log: logInto(lines),
      watcher: UNWATCHED,
      interrupted,
      openEngine: async host => mortalEngine(await openDockerEngine(host, DEADLINES), life),
    });
    try {
      const store = behindDoor(tools, { stateFolder: join(path, 'state'), life, spoil });
      return { kind: 'ended', outcomes: await act({ ...tools, ...store, clock: mortalClock(life) }) };
    } finally {
      await close();
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { kind: 'refused', reason: sentenceOf(error) };
  }
}

function mortalEngine(engine: Engine, life: Life): Engine {
  return new Proxy(engine, {
    get: (target, key) => {
      const method: unknown = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => life.during(() => Reflect.apply(method, target, args));
    },
  });
}

function mortalClock(life: Life): Clock {
  return { ...systemClock, sleep: (ms, signal) => life.during(() => systemClock.sleep(ms, signal)) };
}

function logInto(lines: string[]): Log {
  const write = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
