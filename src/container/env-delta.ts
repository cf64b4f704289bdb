import { isDeepStrictEqual } from 'node:util';
import type { UserSet } from './user-set.ts';

/**
 * The environment that the user set. The engine writes the user's entries first and then those of the image
 * whose key the user did not use, so the user's are the shortest beginning that explains the rest; even one
 * that repeats the image's value is told apart by its place.
 */
export function envDelta(
  env: readonly string[],
  image: readonly string[],
  userSet: UserSet,
): readonly string[] {
  for (let length = atLeast(userSet); length < env.length; length++) {
    const own = env.slice(0, length);
    if (isDeepStrictEqual(env.slice(length), inheritedEnv(own, image))) return own;
  }
  return env;
}

/**
 * The same where the engine lists all in no order: what the image says in the same words is the image's.
 */
export function mixedEnvDelta(env: readonly string[], image: readonly string[]): readonly string[] {
  return env.filter(entry => !image.includes(entry)).sort();
}

/** The image's entries that remain beside the user's own. */
export function inheritedEnv(own: readonly string[], image: readonly string[]): readonly string[] {
  const keys = new Set(own.map(keyOf));
  // Once an entry is taken its key is known, so of a variable that the image names twice the first one counts.
  return image.filter(entry => !keys.has(keyOf(entry)) && keys.add(keyOf(entry)));
}

/** A user's entry may be `KEY` alone: it unsets the variable. */
function keyOf(entry: string): string {
  const equals = entry.indexOf('=');
  return equals < 0 ? entry : entry.slice(0, equals);
}

function atLeast(userSet: UserSet): number {
  for (const entry of userSet) {
    if (entry.startsWith('Env:')) return Number(entry.slice(4)) || 0;
  }
  return 0;
}
