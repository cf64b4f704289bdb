import pLimit, { type LimitFunction } from 'p-limit';
import { within } from '../base/deadline.ts';
import { sentenceOf } from '../base/failure.ts';
import type { Secrets } from '../base/secrets.ts';
import type { Digest } from '../image/digest.ts';
import { formatPlatform, type Platform } from '../image/platform.ts';
import { formatReference, nameByDigest, type Reference } from '../image/reference.ts';
import type { PlatformImage, Registry } from '../registry/registry.ts';
import { RegistryError } from '../registry/registry-error.ts';
import { SignatureError } from '../signature/signature-error.ts';

export interface AskOptions {
  readonly registry: Registry;
  /** The most questions to one registry at a time. */
  readonly concurrency: number;
  readonly secrets: Secrets;
  /** The names by digest of images that are known to come from their registries; read where it matters. */
  readonly knownOrigins: () => Promise<ReadonlySet<string>>;
  /** Fires when the run is to end: then nobody waits for a registry any longer. */
  readonly interrupted: AbortSignal;
}

/** What a registry answered; what failed is an answer too. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Whether there is no such image, as far as we are told. */
      readonly isUnknown: boolean;
    };

/**
 * How long one question may take with all that belongs to it, in milliseconds. A registry that answers each request
 * just in time could else keep a run, and so everybody's updates, until its end.
 */
const PATIENCE = 10 * 60_000;

const LEFT = { ok: false, reason: 'the run was told to leave', isUnknown: false } as const;

/** What is asked, of registries and of our own files, each once however many containers want to know. */
export interface Questions {
  readonly offered: (reference: Reference) => Promise<Answer<Digest>>;
  readonly image: (
    reference: Reference,
    digest: Digest,
    platform: Platform,
  ) => Promise<Answer<PlatformImage>>;
  readonly has: (reference: Reference, digest: Digest) => Promise<Answer<boolean>>;
  readonly knownOrigins: () => Promise<ReadonlySet<string>>;
}

/** Asks each question once, a few of each registry at a time; what was asked before has its answer. */
export function askOnce({ registry, knownOrigins, ...options }: AskOptions): Questions {
  let origins: Promise<ReadonlySet<string>> | undefined;
  const once = openOnce(options);
  return {
    offered: reference =>
      once(reference, formatReference(reference), () => registry.offeredDigest(reference)),
    image: (reference, digest, platform) =>
      once(reference, `${formatReference(reference)} ${digest} ${formatPlatform(platform)}`, () =>
        registry.platformImage(reference, digest, platform),
      ),
    has: (reference, digest) =>
      once(reference, `has ${nameByDigest(reference, digest)}`, () => registry.has(reference, digest)),
    knownOrigins: () => {
      origins ??= knownOrigins();
      return origins;
    },
  };
}

/** Asks a question, unless it was asked before; then that answer is given. */
export type Once = <T>(of: Reference, question: string, ask: () => Promise<T>) => Promise<Answer<T>>;

export function openOnce({
  concurrency,
  secrets,
  interrupted,
}: Pick<AskOptions, 'concurrency' | 'secrets' | 'interrupted'>): Once {
  const left = whenAborted(interrupted).then(() => LEFT);
  // Each registry has its own line: one that takes its time holds up no other.
  const lines = new Map<string, LimitFunction>();
  const lineOf = (registry: string): LimitFunction => {
    const line = lines.get(registry) ?? pLimit(concurrency);
    lines.set(registry, line);
    return line;
  };
  const answers = new Map<string, Promise<Answer<unknown>>>();
  return <T>(of: Reference, question: string, ask: () => Promise<T>): Promise<Answer<T>> => {
    const answer =
      answers.get(question) ??
      Promise.race([
        left,
        lineOf(of.registry)(() => (interrupted.aborted ? LEFT : answerOf(inTime(of, ask), secrets))),
      ]);
    answers.set(question, answer);
    return answer as Promise<Answer<T>>;
  };
}

function inTime<T>({ registry }: Reference, ask: () => Promise<T>): () => Promise<T> {
  const minutes = PATIENCE / 60_000;
  const late = () =>
    new RegistryError(
      'unreachable',
      `${registry} was not through with its answer after ${minutes} minutes.`,
      {
        hint: 'It is tried again at the next run.',
      },
    );
  return () => within(PATIENCE, ask, late);
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function answerOf<T>(ask: () => Promise<T>, secrets: Secrets): Promise<Answer<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    if (!(error instanceof RegistryError || error instanceof SignatureError)) throw error;
    const isUnknown = error.code === 'not-found' || error.code === 'denied';
    return { ok: false, reason: secrets.redact(sentenceOf(error).replace(/\.$/, '')), isUnknown };
  }
}
