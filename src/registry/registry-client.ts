import { createHash } from 'node:crypto';
import { cleanText } from '../base/clean-text.ts';
import type { Clock } from '../base/clock.ts';
import { type HttpAnswer, openHttpClient } from '../base/http.ts';
import type { Secrets } from '../base/secrets.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import { type Digest, parseDigest } from '../image/digest.ts';
import { entryFor, type ImageManifest, MANIFEST_TYPES, parseManifest } from '../image/manifest.ts';
import { formatPlatform, type Platform } from '../image/platform.ts';
import { familiarName, nameByDigest, type Reference } from '../image/reference.ts';
import { openArtifacts } from './artifacts.ts';
import type { Challenge } from './challenge.ts';
import { type Credentials, secretsIn } from './credentials.ts';
import { type DockerConfig, readDockerConfig } from './docker-config.ts';
import { mayBePlain } from './endpoint.ts';
import { findCredentials } from './find-credentials.ts';
import type { PlatformImage, Registry } from './registry.ts';
import { RegistryError } from './registry-error.ts';
import { openSession, type RegistrySession } from './registry-session.ts';
import { openTransport } from './registry-transport.ts';

export interface RegistryOptions {
  /** `DOCKER_CONFIG`, `PATH` for credential helpers, and the like. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Hosts and networks that the engine may speak to without TLS. */
  readonly insecureRegistries: readonly string[];
  /** What was learnt in earlier runs. */
  readonly challenges: ReadonlyMap<string, Challenge>;
  /** The most requests to one registry at a time. */
  readonly connectionsPerHost: number;
  /** Gets to know every credential that is found. */
  readonly secrets: Secrets;
}

/** No manifest is larger (distribution spec: clients may assume 4 MiB). */
const LARGEST_MANIFEST = 4 * 1024 * 1024;
/** An index may point at an index; deeper than this is no accident. */
const DEEPEST_INDEX = 3;

export function openRegistry(options: RegistryOptions): Registry {
  const client = openHttpClient({ proxy: true, connectionsPerHost: options.connectionsPerHost });
  const sessions = new Map<string, RegistrySession>();
  let config: Promise<DockerConfig> | undefined;
  let requests = 0;

  const credentials = async (registry: string): Promise<Credentials | undefined> => {
    config ??= readDockerConfig(options.environment);
    const found = await findCredentials(await config, registry, options.environment);
    if (found !== undefined) options.secrets.learn(secretsIn(found));
    return found;
  };
  const sessionFor = (registry: string): RegistrySession => {
    let session = sessions.get(registry);
    if (session === undefined) {
      const plainAllowed = mayBePlain(registry, options.insecureRegistries);
      session = openSession({
        transport: openTransport(registry, plainAllowed, client, options.clock),
        client,
        challenge: options.challenges.get(registry),
        findCredentials: () => credentials(registry),
        secrets: options.secrets,
      });
      sessions.set(registry, session);
    }
    return session;
  };
  const send = async (method: 'HEAD' | 'GET', reference: Reference, name: string): Promise<HttpAnswer> => {
    requests += 1;
    const request = {
      method,
      path: reference.path,
      name,
      accept: MANIFEST_TYPES.join(', '),
      limit: LARGEST_MANIFEST,
    };
    const answer = await sessionFor(reference.registry).send(request);
    if (answer.status !== 200) throw refusal(answer, reference, name);
    return answer;
  };

  const artifacts = openArtifacts({
    client,
    base: ({ registry }) => sessionFor(registry).base(),
    ask: (reference, request) => {
      requests += 1;
      return sessionFor(reference.registry).send({ method: 'GET', path: reference.path, ...request });
    },
    refusal,
    garbage,
  });

  const getManifest = async (reference: Reference, digest: Digest) => {
    const { body } = await send('GET', reference, digest);
    if (digestOf(body, digest) !== digest)
      throw garbage(reference, 'the manifest it sent does not match the digest it was asked for');
    const manifest = parseManifest(body.toString());
    if (!manifest.ok) throw garbage(reference, `its manifest is not understood: ${manifest.problem}`);
    return manifest.value;
  };

  const resolvePlatform = async (
    reference: Reference,
    digest: Digest,
    platform: Platform,
    depth: number,
  ): Promise<PlatformImage> => {
    const manifest = await getManifest(reference, digest);
    if (!('manifests' in manifest))
      return { manifest: digest, config: manifest.config.digest, size: sizeOf(manifest) };
    const entry = entryFor(manifest, platform);
    if (entry === undefined) {
      throw new RegistryError(
        'no-platform',
        `${familiarName(reference)} is offered, but not for ${formatPlatform(platform)}.`,
        {
          hint: 'Nothing was changed; another platform is never taken instead.',
        },
      );
    }
    if (depth >= DEEPEST_INDEX) throw garbage(reference, 'its index leads from index to index');
    return resolvePlatform(reference, entry.digest, platform, depth + 1);
  };

  return {
    offeredDigest: async reference => {
      const name = reference.tag ?? 'latest';
      const answer = await send('HEAD', reference, name);
      checkType(answer, reference);
      const said = answer.header('docker-content-digest');
      // The header is a SHOULD of the distribution spec; without it only the bytes can tell.
      if (said === undefined) {
        const whole = await send('GET', reference, name);
        checkType(whole, reference);
        return digestOf(whole.body);
      }
      const digest = parseDigest(said.trim());
      if (digest === undefined)
        throw garbage(reference, `it names a digest that is none: "${cleanText(said, 80)}"`);
      return digest;
    },
    has: async (reference, digest) => {
      try {
        checkType(await send('HEAD', reference, digest), reference);
        return true;
      } catch (error) {
        if (error instanceof RegistryError && error.code === 'not-found') return false;
        throw error;
      }
    },
    platformImage: (reference, digest, platform) => resolvePlatform(reference, digest, platform, 0),
    ...artifacts,
    credentials: reference => credentials(reference.registry),
    challenges: () =>
      new Map(
        [...sessions].flatMap(([host, session]) => {
          const challenge = session.challenge();
          return challenge === undefined ? [] : [[host, challenge] as const];
        }),
      ),
    requests: () => requests,
    close: () => client.close(),
  };
}

function digestOf(bytes: Buffer, like?: Digest): Digest {
  const algorithm = like?.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}

function sizeOf(manifest: ImageManifest): number {
  return manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
}

function checkType(answer: HttpAnswer, reference: Reference): void {
  const type = answer.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === undefined || (MANIFEST_TYPES as readonly string[]).includes(type)) return;
  throw garbage(reference, `it answered with ${cleanText(type, 60)} instead of a manifest`);
}

function garbage(reference: Reference, why: string): RegistryError {
  return new RegistryError(
    'garbage',
    `${reference.registry} gave no usable answer for ${familiarName(reference)}: ${why}.`,
    {
      hint: 'Nothing was changed; if a proxy stands in between, look there first.',
    },
  );
}

const errorsShape = z.looseObject({
  errors: z.array(z.looseObject({ code: z.string().optional(), message: z.string().optional() })),
});

/** What a status other than 200 means (distribution spec, error codes). */
function refusal(answer: HttpAnswer, reference: Reference, name: string): RegistryError {
  const { status } = answer;
  const what = name.includes(':') ? nameByDigest(reference, name as Digest) : familiarName(reference);
  const said = sayings(answer);
  const from = reference.registry;
  if (status === 401 || status === 403) {
    return new RegistryError('denied', `${from} refuses access to ${what} (HTTP ${status}${said}).`, {
      hint: `If it is private, run docker login ${from} as the user that runs refreshd; if it is public, check the name.`,
    });
  }
  if (status === 404)
    return new RegistryError('not-found', `${from} has no ${what} (HTTP 404${said}).`, {
      hint: 'Check the name and the tag.',
    });
  if (status === 429) {
    return new RegistryError('rate-limited', `${from} says it was asked too often (HTTP 429${said}).`, {
      hint: 'It is tried again at the next run; logging in usually raises the limit.',
      retryable: true,
    });
  }
  if (status >= 500)
    return new RegistryError('failed', `${from} is out of order (HTTP ${status}${said}).`, {
      hint: 'It is tried again at the next run.',
      retryable: true,
    });
  return garbage(reference, `it answered HTTP ${status}${said}`);
}

function sayings(answer: HttpAnswer): string {
  const read = shapeOfJson(errorsShape, answer.body.toString());
  const [first] = read.ok ? read.value.errors : [];
  const words = cleanText(first?.message ?? first?.code ?? '', 120);
  return words === '' ? '' : `: ${words}`;
}
