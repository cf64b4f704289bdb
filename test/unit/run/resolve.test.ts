import { describe, expect, it, vi } from 'vitest';
import { openSecrets } from '../../../src/base/secrets.ts';
import { inspectedImageShape } from '../../../src/container/inspected.ts';
import type { Rejection } from '../../../src/journal/rejections.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { RegistryError } from '../../../src/registry/registry-error.ts';
import { type ResolveOptions, resolve } from '../../../src/run/resolve.ts';
import type { SurveyedContainer } from '../../../src/run/survey.ts';
import { settled } from '../../support/hand-clock.ts';
import { digestOf } from '../../support/rollout-samples.ts';

function container(over: Partial<SurveyedContainer> = {}): SurveyedContainer {
  return {
    id: 'id',
    name: 'web',
    reference: 'registry.test/web:1',
    imageId: digestOf('1'),
    image: {
      Id: digestOf('1'),
      RepoDigests: [`registry.test/web@${digestOf('a')}`],
      Config: { Labels: {} },
    },
    manifest: undefined,
    state: 'running',
    status: 'Up',
    wishes: {},
    labelProblems: [],
    selection: { kind: 'watched' },
    ...over,
  };
}

async function verdict(
  offeredDigest: Registry['offeredDigest'],
  over: Partial<ResolveOptions> = {},
  one = container(),
) {
  const registry = { offeredDigest } as Registry;
  const options: ResolveOptions = {
    registry,
    rejections: {},
    enginePlatform: { os: 'linux', architecture: 'amd64' },
    concurrency: 2,
    secrets: openSecrets(),
    interrupted: new AbortController().signal,
    ...over,
  };
  const [resolved] = await resolve([one], options);
  return resolved?.verdict;
}

it('says why a registry did not answer, but no secret that it repeats', async () => {
  const secrets = openSecrets();
  secrets.learn(['hunter2']);
  const asked = verdict(
    async () => {
      throw new RegistryError('denied', 'registry.test refuses access (login me:hunter2).', {
        hint: 'Log in.',
      });
    },
    { secrets },
  );
  expect(await asked).toEqual({
    kind: 'unresolved',
    reason: 'registry.test refuses access (login me:***). Log in',
  });
});

describe('a run that is told to leave', () => {
  const LEFT = { kind: 'unresolved', reason: 'the run was told to leave' };

  it('waits for no registry any longer', async () => {
    const told = new AbortController();
    const asked = verdict(() => new Promise(() => undefined), { interrupted: told.signal });
    await settled();
    told.abort();
    expect(await asked).toEqual(LEFT);
  });

  it('asks none that it has not asked yet', async () => {
    const offered = vi.fn();
    expect(await verdict(offered, { interrupted: AbortSignal.abort() })).toEqual(LEFT);
    expect(offered).not.toHaveBeenCalled();
  });
});

it.each([digestOf('1'), '1'.repeat(64), '1'.repeat(12), '1111'])(
  'asks no registry for a container made from the image id %s',
  async reference => {
    const offered = vi.fn();
    expect(await verdict(offered, {}, container({ reference }))).toEqual({
      kind: 'skipped',
      reason: 'made from an image id, which names no registry',
    });
    expect(offered).not.toHaveBeenCalled();
  },
);

describe('an image that was rejected', () => {
  const [manifest, config] = [digestOf('e'), digestOf('f')];
  const reason = 'it crashed';
  /** The verdict where its index has another digest now. */
  const again = (rejection: Omit<Rejection, 'reason' | 'at'>) => {
    const registry = {
      offeredDigest: async () => digestOf('d'),
      platformImage: async () => ({ manifest, config, size: 1 }),
    };
    const rejections = { web: { ...rejection, reason, at: 5 } };
    return verdict(registry.offeredDigest, { rejections, registry: registry as unknown as Registry });
  };

  it.each<[string, Omit<Rejection, 'reason' | 'at'>]>([
    ['its manifest', { digest: digestOf('b'), aliases: [manifest] }],
    ['its configuration', { digest: digestOf('b'), aliases: [config] }],
    ['its manifest, which was offered without an index', { digest: manifest }],
  ])('is known under another index by %s', async (_, rejection) => {
    expect(await again(rejection)).toEqual({ kind: 'rejected', digest: digestOf('d'), reason, at: 5 });
  });

  it('gives way to another one', async () => {
    const other = { digest: digestOf('b'), aliases: [digestOf('0')] };
    expect(await again(other)).toEqual({
      kind: 'outdated',
      digest: digestOf('d'),
      aliases: [manifest, config],
    });
  });
});

describe('in the image store of containerd, where every name has a digest', () => {
  const digest = digestOf('a');
  const stored = (reference: string, over: Partial<SurveyedContainer> = {}) => {
    const image = inspectedImageShape.parse({ Id: digest, Descriptor: { digest } });
    return container({ reference, image, imageId: digest, ...over });
  };
  const deny = async () => {
    throw new RegistryError('denied', 'Docker Hub refuses access.');
  };

  it('an image that Docker Hub does not know was made here', async () => {
    expect(await verdict(deny, {}, stored('homemade:1'))).toMatchObject({ kind: 'skipped' });
    expect(await verdict(deny, {}, stored('registry.test/homemade:1'))).toMatchObject({ kind: 'unresolved' });
  });

  it('one that lost its name is compared all the same', async () => {
    expect(await verdict(async () => digest, {}, stored('registry.test/app:1'))).toEqual({
      kind: 'current',
      digest,
    });
  });
});
