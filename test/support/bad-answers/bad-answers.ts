import type { BadAnswer, OddAnswer } from './bad-answer.ts';
import { BODIES, ODD_BODIES } from './bodies.ts';
import { CHALLENGES } from './challenges.ts';
import { CONNECTIONS, ODD_CONNECTIONS } from './connections.ts';
import { DIGEST_HEADERS, ODD_DIGEST_HEADERS } from './digest-headers.ts';
import { INDEXES, ODD_INDEXES } from './indexes.ts';
import { MANIFEST_SHAPES, ODD_MANIFESTS } from './manifest-shapes.ts';
import { REDIRECTS } from './redirects.ts';
import { ERROR_BODIES, STATUSES } from './statuses.ts';
import { TLS } from './tls.ts';
import { ODD_TOKEN_SERVICES, TOKEN_SERVICES } from './token-services.ts';

/** Every bad answer there is, by what is bad about it. */
export const BAD_ANSWERS: ReadonlyMap<string, readonly BadAnswer[]> = new Map([
  ['digest headers', DIGEST_HEADERS],
  ['manifests', MANIFEST_SHAPES],
  ['indexes', INDEXES],
  ['bodies', BODIES],
  ['statuses', STATUSES],
  ['what is said of an error', ERROR_BODIES],
  ['redirects', REDIRECTS],
  ['challenges', CHALLENGES],
  ['token services', TOKEN_SERVICES],
  ['connections', CONNECTIONS],
  ['TLS, and who is not there', TLS],
]);

/** Answers that are odd, and good. */
export const ODD_ANSWERS: readonly OddAnswer[] = [
  ...ODD_DIGEST_HEADERS,
  ...ODD_MANIFESTS,
  ...ODD_INDEXES,
  ...ODD_BODIES,
  ...ODD_TOKEN_SERVICES,
  ...ODD_CONNECTIONS,
];
