import { randomBytes } from 'node:crypto';
import { systemClock } from '../base/clock.ts';
import { openHttpClient } from '../base/http.ts';
import type { Log } from '../base/log.ts';
import { ownContainerId } from '../base/own-container.ts';
import { openDockerEngine } from '../engine/docker-engine.ts';
import { type DockerHost, readDockerHost } from '../engine/docker-host.ts';
import type { Engine } from '../engine/engine.ts';
import { openFileJournal } from '../journal/file-journal.ts';
import { openHistory } from '../journal/history.ts';
import { openKnownDigests } from '../journal/known-digests.ts';
import { openLastRun } from '../journal/last-run.ts';
import { recallOrWarn } from '../journal/memory.ts';
import { openPins } from '../journal/pins.ts';
import { openRejections } from '../journal/rejections.ts';
import { openSeenDigests } from '../journal/seen-digests.ts';
import { openToldRemarks } from '../journal/told-remarks.ts';
import type { RolloutWatcher } from '../rollout/tools.ts';
import { challengesOf, openKnownRegistries } from '../run/known-registries.ts';
import type { RunTools } from '../run/run-tools.ts';
import { openSignatures } from '../signature/check-signature.ts';
import type { Home } from './home.ts';
import { knownSecrets } from './known-secrets.ts';
import { openRegistries } from './open-registries.ts';
import { policyFrom } from './policy-from.ts';
import type { Settings } from './settings.ts';
import { openStateFolder } from './state-folder.ts';

/** What the edge hands to a run beside what it opens itself. */
export interface ToolOptions {
  readonly home: Home;
  readonly settings: Settings;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly watcher: RolloutWatcher;
  readonly interrupted: AbortSignal;
  /** For another door to the engine than the usual one. */
  readonly openEngine?: (host: DockerHost) => Promise<Engine>;
}

/** Opens everything a run needs from outside. @throws EngineError, FolderError, StateError */
export async function openTools({
  home,
  settings,
  environment,
  log,
  watcher,
  interrupted,
  openEngine = openDockerEngine,
}: ToolOptions): Promise<{ tools: RunTools; close: () => Promise<void> }> {
  const stateFolder = await openStateFolder(home);
  const host = readDockerHost(environment);
  const engine = await openEngine(host);
  const identity = await engine.identify();
  const knownRegistries = openKnownRegistries(stateFolder);
  const concurrency = settings.REFRESHD_CONCURRENCY;
  const { registry, credentials } = openRegistries({
    environment,
    engine,
    identity,
    challenges: challengesOf(await recallOrWarn(knownRegistries, log)),
    concurrency,
    log,
  });
  const http = openHttpClient({ connectionsPerHost: 1 });
  const tools: RunTools = {
    engine,
    identity,
    registry,
    signatures: openSignatures(home.path, stateFolder),
    secrets: knownSecrets,
    http,
    log,
    watcher,
    interrupted,
    concurrency,
    knownRegistries,
    clock: systemClock,
    home: home.path,
    homeId: home.id,
    own: { container: ownContainerId(), enginePort: host.port },
    policy: policyFrom(settings),
    journal: await openFileJournal(stateFolder),
    history: openHistory(stateFolder),
    rejections: openRejections(stateFolder),
    seenDigests: openSeenDigests(stateFolder),
    pins: openPins(stateFolder),
    knownDigests: openKnownDigests(stateFolder),
    toldRemarks: openToldRemarks(stateFolder),
    lastRun: openLastRun(stateFolder),
    newRolloutId: () => randomBytes(5).toString('hex'),
    credentials,
  };
  return { tools, close: async () => void (await Promise.all([registry.close(), http.close()])) };
}
