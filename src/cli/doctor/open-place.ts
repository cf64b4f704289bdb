import { openDockerEngine } from '../../engine/docker-engine.ts';
import { readDockerHost } from '../../engine/docker-host.ts';
import { findHome } from '../home.ts';
import { readSettings } from '../settings.ts';
import type { Place } from './check.ts';

/** @param givenHome `--home`, else `REFRESHD_HOME` */
export function openPlace(givenHome: string | undefined, environment: Place['environment']): Place {
  const home = () => findHome(givenHome);
  return {
    environment,
    home,
    settings: once(async () => readSettings(home().path, environment)),
    engine: once(async () => {
      const engine = await openDockerEngine(readDockerHost(environment));
      return { engine, identity: await engine.identify() };
    }),
  };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
