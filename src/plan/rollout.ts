import type { RestartPolicy } from '../container/inspected.ts';
import type { Digest } from '../image/digest.ts';

/**
 * How far a rollout has come; each is written down before its first step is taken.
 *
 * - `preparing`: the predecessor is untouched, but for its restart policy at the end. A successor that is started first
 *   is proven here
 * - `switching`: from its stop to the end of verification; a crash leads back
 * - `committed`: the successor is proven; a crash leads forward
 * - `undoing`: it failed, and the predecessor is being put back
 */
export type Phase = 'preparing' | 'switching' | 'committed' | 'undoing';

/**
 * How a rollout ended: `current` where only the registry's index had changed; `failed` where nothing was ever
 * stopped, or a rollback that a person asked for did not work out; `rollback-failed` where a person is needed.
 */
export type RolloutOutcome = 'updated' | 'current' | 'rolled-back' | 'failed' | 'rollback-failed';

/** Whose fault a failure is. Only a failure of the image condemns its digest. */
export type Blame = 'image' | 'environment';

/** The image that a container is to run next. */
export type Target =
  /** What its registry offers; `pulled` if it was not on this host before, so that it is ours to remove again. */
  | {
      readonly kind: 'offered';
      readonly digest: Digest;
      /** Other digests of the same image, where they are known. */
      readonly aliases?: readonly Digest[] | undefined;
      readonly pulled: boolean;
    }
  /** One that is still on this host, by its id: a person asked for it. */
  | { readonly kind: 'kept'; readonly image: string; readonly digest: Digest | undefined }
  /** The one it runs already: only the container is made anew, because it is tied to another. */
  | { readonly kind: 'same' };

/**
 * One container of a rollout: what it was, and what it shall become. Everything that going back needs beside
 * the predecessor itself, which stays in the engine; no environment, no labels, no secret.
 */
export interface Member {
  /** The name that the container bears, before and after. */
  readonly name: string;
  /** The predecessor's id. */
  readonly predecessor: string;
  /** The image's name as the user wrote it. */
  readonly reference: string;
  /** The image id that the predecessor runs. */
  readonly fromImage: string;
  /** The digest under which that image was taken, if it is known. */
  readonly fromDigest: Digest | undefined;
  /** The digest of that image's manifest for this platform, where the engine tells it. */
  readonly fromManifest?: Digest | undefined;
  readonly target: Target;
  readonly restart: RestartPolicy;
  /** Whether it was running, and so shall run in the end. */
  readonly running: boolean;
  /**
   * Whether the engine removes it when it stops (`--rm`). What is gone back to is then made from a copy of it, which
   * was made before and never started.
   */
  readonly vanishes: boolean;
  /** When the engine started it last, in the engine's words. */
  readonly startedAt: string | undefined;
  /** Whether it was healthy before; one that was not may be cured, and if it is not nobody is blamed. */
  readonly wasHealthy: boolean;
  /** The ports that the engine had published for it: the new one must get them too. */
  readonly ports: readonly string[];
  /** The container port on which `/health` was found to answer, where no label names one. */
  readonly probePort: number | undefined;
  /** How long it gets to stop, in seconds. */
  readonly stopGrace: number;
}

/** Containers that are replaced together: all of them, or none. */
export interface Rollout {
  /** Lower-case letters and digits, unique on this engine. */
  readonly id: string;
  /** The home whose refreshd this is: a hash of its path. */
  readonly home: string;
  /** Each comes after those that it is tied to; the first is tied to none, and is to run another image. */
  readonly members: readonly Member[];
}

/** The container that gives the rollout its name in logs and history. */
export function leader(rollout: Rollout): Member {
  const [first] = rollout.members;
  if (first === undefined) throw new RangeError(`rollout ${rollout.id} has no members`);
  return first;
}
