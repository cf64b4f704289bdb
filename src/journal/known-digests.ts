import { z } from '../base/shape.ts';
import type { Digest } from '../image/digest.ts';
import { digestShape } from './digest-shape.ts';
import { type Memory, openMemory } from './memory.ts';

const knownDigestShape = z.object({
  /** The whole name under which it was offered or run: `ghcr.io/team/app:latest`. */
  reference: z.string(),
  digest: digestShape,
  /** When we saw it first, in milliseconds since 1970. Build dates can be forged; this cannot. */
  since: z.number(),
  /** When a watched container was first seen to run it; left out if none was. */
  ran: z.number().optional(),
});

const knownDigestsShape = z.array(knownDigestShape).readonly();

/** A digest that was offered under a name, or was run. An image that ran is known by all its digests. */
export type KnownDigest = z.infer<typeof knownDigestShape>;
/** The one that was seen last comes last. */
export type KnownDigests = z.infer<typeof knownDigestsShape>;
/** One that is seen now, offered or running. */
export interface Sighting extends Pick<KnownDigest, 'reference' | 'digest'> {
  readonly runs: boolean;
}

/** Beyond this the ones that were not seen for longest are forgotten. */
const MOST = 5000;

export function openKnownDigests(stateFolder: string): Memory<KnownDigests> {
  return openMemory<KnownDigests>(stateFolder, 'known', knownDigestsShape, []);
}

/** The same after another look. A clock that was put back since must make nobody wait for longer than from now on. */
export function withSightings(
  known: KnownDigests,
  sightings: readonly Sighting[],
  now: number,
): KnownDigests {
  const all = new Map(known.map(each => [keyOf(each), each]));
  for (const { reference, digest, runs } of sightings) {
    const key = keyOf({ reference, digest });
    const before = all.get(key);
    // Taken out first, so that it becomes the last.
    all.delete(key);
    const since = Math.min(before?.since ?? now, now);
    const ran = runs || before?.ran !== undefined ? Math.min(before?.ran ?? now, now) : undefined;
    all.set(key, { reference, digest, since, ...(ran !== undefined && { ran }) });
  }
  return [...all.values()].slice(-Math.max(MOST, sightings.length));
}

/** Since when the first of these is known under that name; undefined if none is. */
export function knownSince(
  known: KnownDigests,
  reference: string,
  digests: readonly string[],
): number | undefined {
  return earliest(someOf(known, reference, digests).map(({ since }) => since));
}

/** Since when the first of these is known to have run under that name; undefined if none did. */
export function ranSince(
  known: KnownDigests,
  reference: string,
  digests: readonly string[],
): number | undefined {
  return earliest(someOf(known, reference, digests).map(({ ran }) => ran));
}

function someOf(known: KnownDigests, reference: string, digests: readonly string[]): KnownDigests {
  return under(known, reference).filter(({ digest }) => digests.includes(digest));
}

/** Sorted once for all names: to search through all for each would cost the square of them. */
const sorted = new WeakMap<KnownDigests, ReadonlyMap<string, KnownDigests>>();

function under(known: KnownDigests, reference: string): KnownDigests {
  const names = sorted.get(known) ?? sortByName(known);
  sorted.set(known, names);
  return names.get(reference) ?? [];
}

function sortByName(known: KnownDigests): ReadonlyMap<string, KnownDigests> {
  const names = new Map<string, KnownDigest[]>();
  for (const each of known) {
    const others = names.get(each.reference);
    if (others === undefined) names.set(each.reference, [each]);
    else others.push(each);
  }
  return names;
}

/** The earliest of several moments, where there is one. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter(each => each !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** When a name was first, and last, seen with a digest that was new; undefined if it never was. */
export function newsOf(
  known: KnownDigests,
  reference: string,
): { readonly first: number; readonly last: number } | undefined {
  const times = under(known, reference).map(({ since }) => since);
  return times.length === 0 ? undefined : { first: Math.min(...times), last: Math.max(...times) };
}

function keyOf({ reference, digest }: { reference: string; digest: Digest }): string {
  return `${reference} ${digest}`;
}
