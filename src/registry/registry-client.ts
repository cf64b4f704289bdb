import { createHash } from 'node:crypto';
import { cleanText } from '../base/clean-text.ts';
import type { HttpAnswer } from '../base/http.ts';
import type { Log } from '../base/log.ts';
import { type Digest, parseDigest } from '../image/digest.ts';
import { MANIFEST_TYPES, parseManifest } from '../image/manifest.ts';
import type { Reference } from '../image/reference.ts';
import { openArtifacts } from './artifacts.ts';
import { type ClientsOptions, openClients } from './clients.ts';
import { type Credentials, secretsIn } from './credentials.ts';
import { type DockerConfig, readDockerConfig } from './docker-config.ts';
import { findCredentials } from './find-credentials.ts';
import { openHandOver } from './hand-over.ts';
import { findPlatformImage } from './platform-image.ts';
import { garbage, refusal } from './refusal.ts';
import type { Registry } from './registry.ts';
import { RegistryError } from './registry-error.ts';
import type { ContentRequest, RegistrySession } from './registry-session.ts';
import { openSessions, type SessionsOptions } from './sessions.ts';

export interface RegistryOptions extends ClientsOptions, Omit<SessionsOptions, 'hubMirrors'> {
  /** The engine's mirrors of Docker Hub, as addresses. */
  readonly hubMirrors?: readonly string[] | undefined;
  readonly log: Log;
}

/** No manifest is larger (distribution spec: clients may assume 4 MiB). */
const LARGEST_MANIFEST = 4 * 1024 * 1024;

export function openRegistry(options: RegistryOptions): Registry {
  const { environment, secrets, log, hubMirrors = [] } = options;
  let config: Promise<DockerConfig> | undefined;
  let requests = 0;

  const credentials = async (registry: string): Promise<Credentials | undefined> => {
    config ??= readDockerConfig(environment);
    const found = await findCredentials(await config, registry, environment);
    if (found !== undefined) secrets.learn(secretsIn(found));
    return found;
  };
  const clients = openClients(options);
  const sessions = openSessions({ ...options, hubMirrors }, clients, credentials);
  const handOver = openHandOver(sessions, log);

  const send = async (method: 'HEAD' | 'GET', reference: Reference, name: string): Promise<HttpAnswer> => {
    const { registry, path } = reference;
    const request = { method, path, name, accept: MANIFEST_TYPES.join(', '), limit: LARGEST_MANIFEST };
    for (const mirror of await sessions.mirrorsOf(registry)) {
      requests += 1;
      const answer = await askMirror(mirror, request);
      if (answer !== undefined) return answer;
    }
    requests += 1;
    const session = await sessions.sessionFor(registry);
    const answer = await session.send(request);
    if (answer.status !== 200) throw refusal(answer, reference, name);
    return answer;
  };

  const readManifest = async (reference: Reference, digest: Digest) => {
    const { body } = await send('GET', reference, digest);
    if (digestOf(body, digest) !== digest)
      throw garbage(reference, 'the manifest it sent does not match the digest it was asked for');
    const manifest = parseManifest(body.toString());
    if (!manifest.ok) throw garbage(reference, `its manifest is not understood: ${manifest.problem}`);
    return manifest.value;
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
    platformImage: (reference, digest, platform) =>
      findPlatformImage(readManifest, reference, digest, platform),
    ...openArtifacts({
      clientFor: clients.clientFor,
      sessionFor: sessions.sessionFor,
      counted: () => {
        requests += 1;
      },
    }),
    credentials: async reference => {
      const found = await credentials(reference.registry);
      return found === undefined ? undefined : handOver(reference, found);
    },
    challenges: sessions.challenges,
    requests: () => requests,
    close: clients.close,
  };
}

/** What a mirror says, where it is of use; whatever is wrong with it, the registry itself is asked then. */
async function askMirror(mirror: RegistrySession, request: ContentRequest): Promise<HttpAnswer | undefined> {
  try {
    const answer = await mirror.send(request);
    return answer.status === 200 && hasManifestType(answer) && isOf(request, answer) ? answer : undefined;
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}

/** Whether an answer holds, or names, a digest, and the right one where it was asked for by digest. */
function isOf({ method, name }: ContentRequest, { header, body }: HttpAnswer): boolean {
  const wanted = parseDigest(name);
  const given =
    method === 'GET' ? digestOf(body, wanted) : parseDigest(header('docker-content-digest')?.trim() ?? '');
  return given !== undefined && (wanted === undefined || given === wanted);
}

function digestOf(bytes: Buffer, like?: Digest): Digest {
  const algorithm = like?.startsWith('sha512:') ? 'sha512' : 'sha256';
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}` as Digest;
}

function hasManifestType(answer: HttpAnswer): boolean {
  const type = typeOf(answer);
  return type === undefined || (MANIFEST_TYPES as readonly string[]).includes(type);
}

function typeOf(answer: HttpAnswer): string | undefined {
  return answer.header('content-type')?.split(';')[0]?.trim().toLowerCase();
}

function checkType(answer: HttpAnswer, reference: Reference): void {
  if (!hasManifestType(answer))
    throw garbage(reference, `it answered with ${cleanText(typeOf(answer) ?? '', 60)} instead of a manifest`);
}
