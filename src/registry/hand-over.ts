import type { Log } from '../base/log.ts';
import type { Reference } from '../image/reference.ts';
import type { Credentials } from './credentials.ts';
import { RegistryError } from './registry-error.ts';
import type { RegistrySession } from './registry-session.ts';
import type { Sessions } from './sessions.ts';

/** Gives credentials for a reference to whoever pulls it. */
export type HandOver = (reference: Reference, credentials: Credentials) => Promise<Credentials | undefined>;

/**
 * Credentials for the engine to pull with. It sends them wherever the registry's answer says, so that answer is looked
 * at just before: they are handed over only where it leads to where they always went.
 *
 * @returns undefined where the registry wants none, or cannot be asked; the log says so
 * @throws RegistryError where the answer leads elsewhere
 */
export function openHandOver(sessions: Sessions, log: Log): HandOver {
  const said = new Set<string>();
  return async (reference, credentials) => {
    const { registry } = reference;
    const why = await whyWithheld(sessions, reference);
    if (why === undefined) return credentials;
    if (why !== NOT_WANTED && !said.has(registry))
      log.warn(`The login for ${registry} is not handed to the engine, because ${why}.`);
    said.add(registry);
    return undefined;
  };
}

const NOT_WANTED = 'the registry wants none';

async function whyWithheld(
  sessions: Sessions,
  { registry, path, tag, digest }: Reference,
): Promise<string | undefined> {
  const name = digest ?? tag ?? 'latest';
  try {
    const session = await sessions.sessionFor(registry);
    const { scheme } = await session.askForChallenge(path, name);
    if (scheme === 'none') return NOT_WANTED;
    if (!session.isPrivate()) return 'the registry is not asked by TLS';
    const mirrors = await sessions.mirrorsOf(registry);
    return (await anyWantsLogin(mirrors, path, name)) ? 'a mirror would get it, too' : undefined;
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'unreachable') throw error;
    return `it cannot be seen where that would send it: ${error.message.replace(/\.$/, '')}`;
  }
}

/** The engine sends to a mirror that asks for it what it was given for the registry. */
async function anyWantsLogin(
  mirrors: readonly RegistrySession[],
  path: string,
  name: string,
): Promise<boolean> {
  const wanted = await Promise.all(mirrors.map(mirror => mirror.askForChallenge(path, name)));
  return wanted.some(({ scheme }) => scheme !== 'none');
}
