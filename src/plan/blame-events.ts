/** Something that happened on the engine. */
export interface EngineEvent {
  /** `start`, `die`, `kill`, `oom`, …; `exec_…` and others are of no matter here. */
  readonly action: string;
  /** The container that it happened to. */
  readonly container: string;
}

/**
 * The engine remembers only so many events (moby, daemon/events: 256), and of those does not tell what came while it
 * was asked, as each look of a HEALTHCHECK does. Of clearly fewer none is missing.
 */
const REMEMBERED = 200;

/** What the engine notes when a container is ended from outside; one that ends by itself only dies. */
const BY_HAND: ReadonlySet<string> = new Set(['kill', 'stop', 'restart', 'pause', 'destroy']);
const ENDED = 'die';

/** Whether the last end of a container, one that had run for long, was somebody's doing. */
export function isByHand(events: readonly EngineEvent[], container: string): boolean {
  const own = events.filter(event => event.container === container).map(({ action }) => action);
  const died = own.lastIndexOf(ENDED);
  const life = own.slice(own.lastIndexOf('start', died) + 1, Math.max(died, 0));
  return life.some(action => BY_HAND.has(action));
}

/**
 * Who ended a container that was just started: somebody else, or the engine itself. Undefined if nobody did, so
 * that it has to answer for itself.
 * @param events all that the engine remembers since the container was started, whoever they are about
 */
export function endedBy(events: readonly EngineEvent[], container: string): string | undefined {
  const own = events.filter(event => event.container === container).map(({ action }) => action);
  const start = own.indexOf('start');
  const life = own.slice(start + 1);
  const died = life.indexOf(ENDED);
  // What is done to it after it ended is no cause of it; the engine itself removes one that was started with --rm.
  if (life.slice(0, died < 0 ? undefined : died).some(action => BY_HAND.has(action)))
    return 'somebody stopped it from outside';
  return start < 0 && events.length < REMEMBERED ? 'the engine was restarted' : undefined;
}
