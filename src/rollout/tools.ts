import type { Clock } from '../base/clock.ts';
import type { HttpClient } from '../base/http.ts';
import type { Log } from '../base/log.ts';
import type { Secrets } from '../base/secrets.ts';
import type { OwnPlace } from '../container/own-place.ts';
import type { Engine, EngineIdentity, PullCredentials, PullProgress } from '../engine/engine.ts';
import type { Reference } from '../image/reference.ts';
import type { History } from '../journal/history.ts';
import type { Journal } from '../journal/journal.ts';
import type { Memory } from '../journal/memory.ts';
import type { Rejections } from '../journal/rejections.ts';
import type { Policy } from '../plan/policy.ts';
import type { Step } from '../plan/step.ts';

/** What a rollout is carried out with. */
export interface RolloutTools {
  readonly engine: Engine;
  readonly identity: EngineIdentity;
  readonly journal: Journal;
  readonly history: History;
  readonly rejections: Memory<Rejections>;
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: Policy;
  /** What must not reach a log, a terminal or a file of ours. */
  readonly secrets: Secrets;
  /** For `/health`: no proxy, no redirect. */
  readonly http: HttpClient;
  /** What the engine needs to pull from a reference's registry. */
  readonly credentials: (reference: Reference) => Promise<PullCredentials | undefined>;
  /** Fires when the run is to end: before the switch it is left, after it is finished. */
  readonly interrupted: AbortSignal;
  readonly watcher: RolloutWatcher;
  readonly own: OwnPlace;
}

/** Somebody who looks on: a terminal, or nobody. */
export interface RolloutWatcher {
  readonly step: (step: Step) => void;
  readonly pull: (container: string, progress: PullProgress) => void;
  /** What a container is waited for, in words; undefined once it is over. */
  readonly health: (container: string, words: string | undefined) => void;
}

/** Nobody looks on. */
export const UNWATCHED: RolloutWatcher = {
  step: () => undefined,
  pull: () => undefined,
  health: () => undefined,
};
