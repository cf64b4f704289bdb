import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';

/** Something that happened to a container. */
export interface EngineEvent {
  /** `start`, `die`, `health_status: unhealthy`, and the like. */
  readonly action: string;
  /** The image's name. */
  readonly image: string;
  /** The value of the label `org.opencontainers.image.version`. */
  readonly version: string | undefined;
  /** When the engine says that it happened, on the clock of `performance.now()`. */
  readonly at: number;
}

/** What happens to containers from now on, as the engine tells it. */
export async function followEvents(
  socketPath: string,
): Promise<{ readonly events: readonly EngineEvent[]; stop(): void }> {
  const events: EngineEvent[] = [];
  const query = `filters=${encodeURIComponent(JSON.stringify({ type: ['container'] }))}`;
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ socketPath, path: `/events?${query}` }, resolve)
      .on('error', reject)
      .end();
  });
  answer.on('error', () => undefined);
  createInterface({ input: answer }).on('line', line => {
    const { Action, Actor, timeNano } = JSON.parse(line);
    events.push({
      action: Action,
      image: Actor.Attributes.image,
      version: Actor.Attributes['org.opencontainers.image.version'],
      // The engine's clock is this machine's.
      at: timeNano / 1e6 - (Date.now() - performance.now()),
    });
  });
  return { events, stop: () => answer.destroy() };
}
