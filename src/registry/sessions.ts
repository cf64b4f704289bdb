import type { Clock } from '../base/clock.ts';
import type { Secrets } from '../base/secrets.ts';
import { DOCKER_HUB } from '../image/reference.ts';
import type { Challenge } from './challenge.ts';
import type { Clients } from './clients.ts';
import type { Credentials } from './credentials.ts';
import { mayBePlain, mirrorHosts } from './endpoint.ts';
import { openSession, type RegistrySession } from './registry-session.ts';
import { openTransport } from './registry-transport.ts';

export interface SessionsOptions {
  readonly clock: Clock;
  /** Hosts and networks that the engine may speak to without TLS. */
  readonly insecureRegistries: readonly string[];
  /** The engine's mirrors of Docker Hub, as addresses. */
  readonly hubMirrors: readonly string[];
  /** What was learnt in earlier runs. */
  readonly challenges: ReadonlyMap<string, Challenge>;
  readonly secrets: Secrets;
}

/** One session for each registry, and for each mirror, opened when it is first needed. */
export interface Sessions {
  sessionFor(registry: string): Promise<RegistrySession>;
  /** Those of the registry's mirrors, in the order in which the engine asks them. */
  mirrorsOf(registry: string): Promise<readonly RegistrySession[]>;
  /** What was learnt, now and before. */
  challenges(): ReadonlyMap<string, Challenge>;
}

export function openSessions(
  { clock, insecureRegistries, hubMirrors, challenges, secrets }: SessionsOptions,
  clients: Clients,
  findCredentials: (registry: string) => Promise<Credentials | undefined>,
): Sessions {
  const opened = new Map<string, Promise<RegistrySession>>();
  const learnt: [string, RegistrySession][] = [];
  const open = async (registry: string, find: () => Promise<Credentials | undefined>) => {
    const client = await clients.clientFor(registry);
    const transport = openTransport(registry, mayBePlain(registry, insecureRegistries), client, clock);
    const challenge = challenges.get(registry);
    const session = openSession({
      registry,
      transport,
      client,
      clock,
      challenge,
      findCredentials: find,
      secrets,
    });
    learnt.push([registry, session]);
    return session;
  };
  const openOnce = (key: string, registry: string, find: () => Promise<Credentials | undefined>) => {
    const session = opened.get(key) ?? open(registry, find);
    opened.set(key, session);
    return session;
  };
  return {
    sessionFor: registry => openOnce(registry, registry, () => findCredentials(registry)),
    // A mirror is another host than the one that a login belongs to.
    mirrorsOf: registry =>
      Promise.all(
        (registry === DOCKER_HUB ? mirrorHosts(hubMirrors, insecureRegistries) : []).map(mirror =>
          openOnce(`mirror ${mirror}`, mirror, async () => undefined),
        ),
      ),
    challenges: () => {
      const now = learnt.flatMap(([registry, session]) => {
        const challenge = session.challenge();
        return challenge === undefined ? [] : [[registry, challenge] as const];
      });
      return new Map([...challenges, ...now]);
    },
  };
}
