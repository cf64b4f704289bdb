import { join } from 'node:path';
import { type HttpClient, type HttpOptions, openHttpClient } from '../../base/http.ts';
import { SILENCE } from '../../base/log.ts';
import { ownContainerId } from '../../base/own-container.ts';
import { openDockerEngine } from '../../engine/docker-engine.ts';
import { readDockerHost } from '../../engine/docker-host.ts';
import { DEADLINES } from '../../engine/engine-requests.ts';
import { askRegistries } from '../../run/ask-registries.ts';
import { challengesOf, openKnownRegistries } from '../../run/known-registries.ts';
import { takeSurvey } from '../../run/survey.ts';
import { findHost } from '../../service/find-host.ts';
import { findCompose } from '../find-compose.ts';
import { findHome } from '../home.ts';
import { openRegistries } from '../open-registries.ts';
import { policyFrom } from '../policy-from.ts';
import { readSettings } from '../settings.ts';
import type { Place } from './check.ts';

/** How long one answer of the engine, and one of a registry, is waited for: somebody looks on. In milliseconds. */
const PATIENCE = 15_000;

/**
 * Opens the place without making anything in it.
 * @param givenHome `--home`, else `REFRESHD_HOME`
 */
export function openPlace(givenHome: string | undefined, environment: Place['environment']): Place {
  const home = () => findHome(givenHome);
  const clocks = new Map<string, number>();
  const settings = once(async () => readSettings(home().path, environment));
  const engine = once(async () => {
    const host = readDockerHost(environment);
    const opened = await openDockerEngine(host, { ...DEADLINES, read: PATIENCE });
    const [identity, surroundings] = await Promise.all([opened.identify(), opened.describe()]);
    const { time } = surroundings;
    const clockAhead = time === undefined ? undefined : time - Date.now();
    return { engine: opened, host, identity, surroundings, clockAhead };
  });
  const containers = once(async () => (await engine()).engine.listContainers());
  const survey = once(async () => {
    const { REFRESHD_CONCURRENCY: concurrency } = await settings();
    const policy = policyFrom(await settings());
    const { path } = home();
    return takeSurvey({
      engine: { ...(await engine()).engine, listContainers: containers },
      policy,
      home: path,
      concurrency,
      own: { container: ownContainerId(), enginePort: (await engine()).host.port },
    });
  });
  const registries = once(async () => {
    const { REFRESHD_CONCURRENCY: concurrency } = await settings();
    const { engine: opened, identity } = await engine();
    const { value: known } = await openKnownRegistries(join(home().path, 'state')).recall();
    const challenges = challengesOf(known);
    const openHttp = (options: HttpOptions) => notingClocks(openHttpClient(options), clocks);
    const { registry } = openRegistries({
      ...{ environment, challenges, openHttp, engine: opened, identity, concurrency },
      log: SILENCE,
    });
    const { digestsForAll } = identity;
    return askRegistries(await survey(), { registry, digestsForAll, concurrency, patience: PATIENCE });
  });
  return {
    environment,
    home,
    settings,
    compose: once(() => findCompose(environment)),
    engine,
    containers,
    survey,
    registries,
    registryClocks: () => clocks,
    http: openHttpClient({ connectionsPerHost: 1 }),
    supervisor: settled(() => findHost(environment)),
  };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}

/** Finds it out at once, for whoever asks now; what it came to is given, or thrown, as often as wanted. */
function settled<T>(find: () => T): () => T {
  try {
    const found = find();
    return () => found;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Notes what time it is for those who answer (RFC 9110, Date). */
function notingClocks(client: HttpClient, clocks: Map<string, number>): HttpClient {
  return {
    ...client,
    send: async request => {
      const answer = await client.send(request);
      const time = Date.parse(answer.header('date') ?? '');
      if (!Number.isNaN(time)) clocks.set(request.url.host, time - Date.now());
      return answer;
    },
  };
}
