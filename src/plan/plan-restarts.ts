import type { Step } from './step.ts';

/** A running container that is to be restarted when another was replaced (compose: `restart: true`). */
export interface Dependent {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Seconds. */
  readonly stopGrace: number;
  /** The one it needs, and when that was started. */
  readonly needs: { readonly name: string; readonly startedAt: number };
}

/** Restarts those that were up before what they need was started: done once, there is nothing left to do. */
export function planRestarts(dependents: readonly Dependent[]): readonly Step[] {
  return dependents
    .filter(({ startedAt, needs }) => startedAt < needs.startedAt)
    .flatMap(({ id, name, stopGrace, needs }): Step[] => {
      const base = { subject: name, container: id, cause: `depends on ${needs.name} with restart: true` };
      return [
        { kind: 'stop', ...base, grace: stopGrace },
        { kind: 'start', ...base },
      ];
    });
}
