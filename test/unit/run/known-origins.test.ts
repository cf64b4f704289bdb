import { expect, it } from 'vitest';
import { inspectedImageShape } from '../../../src/container/inspected.ts';
import type { PastRollout } from '../../../src/journal/history.ts';
import type { SeenDigests } from '../../../src/journal/seen-digests.ts';
import { knownOrigins, rememberOrigins } from '../../../src/run/known-origins.ts';
import type { ResolvedContainer } from '../../../src/run/resolved-container.ts';
import { digestOf } from '../../support/rollout-samples.ts';

type Tools = Parameters<typeof knownOrigins>[0];

/** Tools with that memory and history, and what was written into the memory. */
function tools(seen: SeenDigests, past: readonly Partial<PastRollout>[] = [], digestsForAll = false) {
  const written: SeenDigests[] = [];
  const given = {
    seenDigests: {
      recall: async () => ({ value: seen, problem: undefined }),
      remember: async (value: SeenDigests) => void written.push(value),
    },
    history: { read: async () => past },
    identity: { digestsForAll },
  };
  return { written, tools: given as unknown as Tools };
}

const name = (letter: string) => `registry.test/web@${digestOf(letter)}`;

it('knows what was seen, and what rollouts took and replaced', async () => {
  const reference = 'registry.test/web:1';
  const { tools: given } = tools(
    [name('a')],
    [
      { reference, fromDigest: digestOf('b'), toDigest: digestOf('c') },
      { reference, toDigest: digestOf('d') },
      // Made anew along with another, on whatever it ran.
      { reference, fromDigest: digestOf('e'), toDigest: digestOf('e') },
      { reference: digestOf('f'), fromDigest: digestOf('b'), toDigest: digestOf('f') },
    ],
  );
  expect([...(await knownOrigins(given))].sort()).toEqual(['a', 'b', 'c', 'd'].map(name));
});

function resolved(kind: 'current' | 'skipped', letter: string, more: object): ResolvedContainer {
  const image = inspectedImageShape.parse({ Id: digestOf(letter), RepoDigests: [name(letter)], ...more });
  const container = { reference: 'registry.test/web:1', image };
  const verdict = kind === 'current' ? { kind, digest: digestOf('d') } : { kind, reason: 'paused' };
  return { container, verdict } as unknown as ResolvedContainer;
}

it('remembers what is current, where its digest alone would prove nothing later', async () => {
  const Descriptor = { digest: digestOf('b') };
  const { tools: given, written } = tools([name('a')]);
  await rememberOrigins(given, [
    resolved('current', 'b', { Descriptor }),
    resolved('skipped', 'c', { Descriptor }),
    resolved('current', 'd', {}),
  ]);
  expect(written).toEqual([[name('a'), name('b')]]);
  const podman = tools([], [], true);
  await rememberOrigins(podman.tools, [resolved('current', 'd', {})]);
  expect(podman.written).toEqual([[name('d')]]);
});

it('writes nothing where nothing is new', async () => {
  const { tools: given, written } = tools([name('b'), name('a')]);
  await rememberOrigins(given, [resolved('current', 'b', { Descriptor: { digest: digestOf('b') } })]);
  await rememberOrigins(given, []);
  expect(written).toEqual([]);
});
