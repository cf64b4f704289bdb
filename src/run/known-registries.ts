import { z } from '../base/shape.ts';
import { type Memory, openMemory } from '../journal/memory.ts';
import type { Challenge } from '../registry/challenge.ts';

const challengeShape = z.discriminatedUnion('scheme', [
  z.object({ scheme: z.literal('none') }),
  z.object({ scheme: z.literal('basic') }),
  z.object({ scheme: z.literal('bearer'), realm: z.string(), service: z.string().optional() }),
]);

const knownRegistriesShape = z.record(z.string(), challengeShape);

/** How each registry wants to be asked, by host: learnt once, it spares a refused request at every run. */
export type KnownRegistries = z.infer<typeof knownRegistriesShape>;

export function openKnownRegistries(stateFolder: string): Memory<KnownRegistries> {
  return openMemory(stateFolder, 'registries', knownRegistriesShape, {});
}

export function challengesOf(known: KnownRegistries): ReadonlyMap<string, Challenge> {
  return new Map(
    Object.entries(known).map(([host, challenge]) => [
      host,
      challenge.scheme === 'bearer' ? { ...challenge, service: challenge.service } : challenge,
    ]),
  );
}
