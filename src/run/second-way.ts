import type { Log } from '../base/log.ts';
import type { Secrets } from '../base/secrets.ts';
import type { Distribution, Engine } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { Digest } from '../image/digest.ts';
import { platformDistance } from '../image/platform.ts';
import { DOCKER_HUB, familiarName, nameByDigest, type Reference } from '../image/reference.ts';
import { notOffered } from '../registry/platform-image.ts';
import type { Registry } from '../registry/registry.ts';
import { RegistryError } from '../registry/registry-error.ts';
import type { RunTools } from './run-tools.ts';

export interface SecondWayOptions {
  readonly registry: Registry;
  readonly engine: Pick<Engine, 'distribution'>;
  readonly credentials: RunTools['credentials'];
  /** Whether the engine asks others before Docker Hub, and so may know more than it tells us. */
  readonly hasMirrors: boolean;
  readonly secrets: Secrets;
  readonly log: Log;
}

/**
 * Asks the engine where our own question cannot succeed: it may have certificates, mirrors or logins that we have not,
 * and it follows a registry that leaves its images to another one.
 * Never where the registry gave an answer, and least of all where it wants to be left alone. One attempt for each name.
 */
export function withSecondWay(options: SecondWayOptions): Registry {
  const { registry, engine, credentials, secrets, log } = options;
  const answers = new Map<string, Promise<Distribution | undefined>>();
  const said = new Set<string>();

  const ask = async (reference: Reference, first: RegistryError): Promise<Distribution | undefined> => {
    try {
      // The engine follows a redirect as docker pull does; a login does not go along.
      const login = first.code === 'redirected' ? undefined : await credentials(reference);
      const found = await engine.distribution(reference, login);
      if (!said.has(reference.registry))
        log.info(`${reference.registry} is asked through the engine: ${secrets.redact(first.message)}`);
      said.add(reference.registry);
      return found;
    } catch (error) {
      if (!(error instanceof EngineError || error instanceof RegistryError)) throw error;
      log.debug(`Nor can the engine ask for ${familiarName(reference)}: ${secrets.redact(error.message)}`);
      return undefined;
    }
  };
  const askOnce = async (reference: Reference, error: unknown): Promise<Distribution> => {
    if (!(error instanceof RegistryError) || !mayHelp(error, reference, options)) throw error;
    const name = familiarName(reference);
    const answer = answers.get(name) ?? ask(reference, error);
    answers.set(name, answer);
    const found = await answer;
    if (found === undefined) throw error;
    // What the digest means is then known without another question.
    answers.set(nameByDigest(reference, found.digest), answer);
    return found;
  };
  const byDigest = (reference: Reference, digest: Digest): Reference => ({
    ...reference,
    tag: undefined,
    digest,
  });

  return {
    ...registry,
    offeredDigest: reference =>
      registry.offeredDigest(reference).catch(async error => (await askOnce(reference, error)).digest),
    has: (reference, digest) =>
      registry.has(reference, digest).catch(async error => {
        const found = await askOnce(byDigest(reference, digest), error);
        return found.digest === digest;
      }),
    platformImage: (reference, digest, platform) =>
      registry.platformImage(reference, digest, platform).catch(async error => {
        const { platforms } = await askOnce(byDigest(reference, digest), error);
        const isOffered = platforms.some(each => platformDistance(platform, each) !== undefined);
        if (platforms.length > 0 && !isOffered) throw notOffered(reference, platform);
        return { manifest: digest, config: digest, size: 0 };
      }),
  };
}

/** Docker Hub says of every name that it does not know that it is denied; the engine would only hear the same. */
function mayHelp(
  { code }: RegistryError,
  { registry }: Reference,
  { hasMirrors }: SecondWayOptions,
): boolean {
  if (code === 'unreachable' || code === 'redirected') return true;
  return code === 'denied' && (registry !== DOCKER_HUB || hasMirrors);
}
