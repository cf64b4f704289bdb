import type { KnownDigests } from '../journal/known-digests.ts';
import type { LastRun } from '../journal/last-run.ts';
import type { Memory } from '../journal/memory.ts';
import type { Pins } from '../journal/pins.ts';
import type { SeenDigests } from '../journal/seen-digests.ts';
import type { StateFile } from '../journal/state-file.ts';
import type { ToldRemarks } from '../journal/told-remarks.ts';
import type { Registry } from '../registry/registry.ts';
import type { RolloutTools } from '../rollout/tools.ts';
import type { Signatures } from '../signature/check-signature.ts';
import type { KnownRegistries } from './known-registries.ts';

/** What a run is carried out with: everything from outside, opened at the edge. */
export interface RunTools extends RolloutTools {
  readonly registry: Registry;
  readonly signatures: Signatures;
  readonly knownRegistries: Memory<KnownRegistries>;
  readonly seenDigests: Memory<SeenDigests>;
  readonly pins: StateFile<Pins>;
  readonly knownDigests: Memory<KnownDigests>;
  readonly toldRemarks: Memory<ToldRemarks>;
  readonly lastRun: Memory<LastRun>;
  /** The home's folder, links resolved: what compose calls its working directory. */
  readonly home: string;
  /** A hash of it, short enough for a label. */
  readonly homeId: string;
  /** The most questions to registries, and looks at the engine, at a time. */
  readonly concurrency: number;
  /** Makes the id of a new rollout: lower-case letters and digits. */
  readonly newRolloutId: () => string;
}
