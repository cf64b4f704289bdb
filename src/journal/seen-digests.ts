import { z } from '../base/shape.ts';
import { type Memory, openMemory } from './memory.ts';

const seenDigestsShape = z.array(z.string()).readonly();

/** Names by digest (`ghcr.io/team/app@sha256:…`) of images that were once what their registry offers, newest last. */
export type SeenDigests = z.infer<typeof seenDigestsShape>;

const MOST = 1000;

/** The same with these as its newest. */
export function withSeen(seen: SeenDigests, names: readonly string[]): SeenDigests {
  const added = new Set(names);
  return [...seen.filter(name => !added.has(name)), ...added].slice(-MOST);
}

export function openSeenDigests(stateFolder: string): Memory<SeenDigests> {
  return openMemory<SeenDigests>(stateFolder, 'seen', seenDigestsShape, []);
}
