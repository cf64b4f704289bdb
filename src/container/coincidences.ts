import { isDeepStrictEqual } from 'node:util';
import type { Spec } from './carry-over.ts';
import { envDelta, inheritedEnv } from './env-delta.ts';
import type { Config } from './inspected.ts';
import type { UserSet } from './user-set.ts';

/**
 * What the user had set and the new image happens to bring too. From the new container alone it could not be
 * told any more whose it is, so it is written down on it; otherwise the next image's default would win.
 */
export function coincidences(spec: Spec, image: Config): UserSet {
  const found = new Set<string>();
  for (const [field, value] of Object.entries(spec.config)) {
    if (field === 'ExposedPorts') addKeys(found, field, withoutBound(value, spec), image);
    else if (KEYED.has(field)) addKeys(found, field, value, image);
    else if (field === 'Healthcheck') addFields(found, value, image);
    else if (field === 'Env') addEnv(found, value, image);
    else if (isDeepStrictEqual(value, image[field] ?? emptyLike(value))) found.add(field);
  }
  return found;
}

const KEYED = new Set(['Labels', 'Volumes']);

/** An image without entrypoint or command says null where the user says an empty list. */
function emptyLike(value: unknown): unknown {
  return Array.isArray(value) ? [] : undefined;
}

/** A published port is exposed in any case, so it needs no note. */
function withoutBound(exposed: unknown, spec: Spec): object {
  const bound = new Set(Object.keys((spec.host['PortBindings'] ?? {}) as object));
  return Object.fromEntries(Object.entries(exposed as object).filter(([port]) => !bound.has(port)));
}

function addKeys(found: Set<string>, field: string, value: unknown, image: Config): void {
  const inherited = (image[field] ?? {}) as Record<string, unknown>;
  for (const [key, each] of Object.entries(value as object)) {
    if (isDeepStrictEqual(each, inherited[key])) found.add(`${field}:${key}`);
  }
}

function addFields(found: Set<string>, value: unknown, image: Config): void {
  const inherited = (image.Healthcheck ?? {}) as Record<string, unknown>;
  for (const [key, each] of Object.entries(value as object)) {
    if (isDeepStrictEqual(each, inherited[key])) found.add(`Healthcheck.${key}`);
  }
}

function addEnv(found: Set<string>, value: unknown, image: Config): void {
  const own = value as readonly string[];
  const inherited = image.Env ?? [];
  const merged = [...own, ...inheritedEnv(own, inherited)];
  if (envDelta(merged, inherited, new Set()).length !== own.length) found.add(`Env:${own.length}`);
}
