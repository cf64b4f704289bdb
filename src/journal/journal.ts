import type { Blame, Phase, Rollout } from '../plan/rollout.ts';

/** Why a rollout is led back. */
export interface RolloutFailure {
  readonly reason: string;
  readonly blame: Blame;
  /** Whether it is that somebody changed a container while its update was prepared: what they made of it stays. */
  readonly byHand?: boolean | undefined;
  /** The container that it showed on. */
  readonly container?: string | undefined;
}

/** One rollout under way, as it is written down before each of its phases begins. */
export interface JournalEntry {
  readonly rollout: Rollout;
  readonly phase: Phase;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** How often recovery was tried. */
  readonly attempts: number;
  readonly failure: RolloutFailure | undefined;
  /** The id of the engine that it began on, where that is known. */
  readonly engine?: string | undefined;
}

/** What is open, and what could not be read (and was put aside). */
export interface OpenEntries {
  readonly entries: readonly JournalEntry[];
  readonly unreadable: readonly string[];
}

/**
 * The journal holds the intention; the truth is in the engine. It has no environment, no labels and no secret:
 * the predecessor itself, kept in the engine, is what going back needs. Everything throws StateError.
 */
export interface Journal {
  /** The rollouts that did not finish. A file that cannot be understood is put aside, never guessed at. */
  open(): Promise<OpenEntries>;
  /** The same, for somebody who only looks: every file stays as it is. */
  peek(): Promise<OpenEntries>;
  /** Written and synced when this resolves. */
  write(entry: JournalEntry): Promise<void>;
  /** The rollout has ended, one way or the other. */
  close(rolloutId: string): Promise<void>;
}
