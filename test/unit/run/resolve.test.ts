import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openSecrets } from '../../../src/base/secrets.ts';
import { inspectedImageShape } from '../../../src/container/inspected.ts';
import type { Digest } from '../../../src/image/digest.ts';
import type { Rejection } from '../../../src/journal/rejections.ts';
import type { Pin } from '../../../src/plan/pin.ts';
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

/** No pin, and nothing speaks against what is offered. */
const NO_TRUST_NEEDED: ResolveOptions['trust'] = {
  pinOf: () => ({ kind: 'none' }),
  weigh: async (_container, _running, offer) => offer,
};

async function verdict(
  offeredDigest: Registry['offeredDigest'],
  over: Partial<ResolveOptions> = {},
  one = container(),
) {
  const registry = { offeredDigest } as Registry;
  const options: ResolveOptions = {
    registry,
    trust: NO_TRUST_NEEDED,
    rejections: {},
    enginePlatform: { os: 'linux', architecture: 'amd64' },
    concurrency: 2,
    secrets: openSecrets(),
    knownOrigins: async () => new Set(),
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

it('waits for no registry for ever, however busy it keeps us', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const asked = verdict(() => new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  expect(await Promise.race([asked, 'nothing'])).toEqual({
    kind: 'unresolved',
    reason:
      'registry.test was not through with its answer after 10 minutes. It is tried again at the next run',
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

describe('a pinned container', () => {
  const [RUNS, MANIFEST, CONFIG] = [digestOf('a'), digestOf('e'), digestOf('f')];
  const OFFERED = digestOf('d');
  const reason = `pinned to ${'a'.repeat(12)}`;

  /**
   * The verdict where the registry offers one digest, and every digest that it has means a manifest and a configuration.
   * @returns what it was asked too
   */
  const pinned = async (
    pin: Pin,
    offered: Digest | 'denied',
    images: Readonly<Record<string, readonly [manifest: Digest, config: Digest]>> = {},
    over: Partial<ResolveOptions> = {},
    one = container(),
  ) => {
    const asked: string[] = [];
    const fail = (code: 'denied' | 'not-found') => {
      throw new RegistryError(code, 'registry.test refuses.');
    };
    const registry = {
      offeredDigest: async () => {
        asked.push('offered');
        return offered === 'denied' ? fail('denied') : offered;
      },
      platformImage: async (_: unknown, digest: Digest) => {
        asked.push(digest);
        const [manifest, config] = images[digest] ?? fail('not-found');
        return { manifest, config, size: 1 };
      },
    } as unknown as Registry;
    const weigh = vi.fn();
    const trust = { pinOf: () => pin, weigh };
    const found = await verdict(registry.offeredDigest, { registry, trust, ...over }, one);
    expect(weigh).not.toHaveBeenCalled();
    return [found, asked];
  };
  const only = (digest: Digest): Pin => ({ kind: 'only', digest, by: 'command' });

  it('is current where the registry offers what is allowed', async () => {
    expect(await pinned(only(RUNS), RUNS)).toEqual([{ kind: 'current', digest: RUNS }, ['offered']]);
  });

  it('is not updated where it offers another, which need not even be for this machine', async () => {
    const refused = { kind: 'pinned', digest: OFFERED, reason };
    expect(await pinned(only(RUNS), OFFERED)).toEqual([refused, ['offered', OFFERED]]);
    expect((await pinned(only(RUNS), OFFERED, { [OFFERED]: [MANIFEST, CONFIG] }))[0]).toEqual(refused);
  });

  it('is current under another index of the allowed image', async () => {
    const images = { [OFFERED]: [MANIFEST, digestOf('1')] } as const;
    expect((await pinned(only(RUNS), OFFERED, images))[0]).toEqual({ kind: 'current', digest: OFFERED });
  });

  it('may be allowed its image by the digest of its manifest', async () => {
    const images = { [MANIFEST]: [MANIFEST, digestOf('1')] } as const;
    expect((await pinned(only(MANIFEST), RUNS, images))[0]).toEqual({ kind: 'current', digest: RUNS });
    const known = container({ manifest: MANIFEST });
    expect(await pinned(only(MANIFEST), RUNS, {}, {}, known)).toEqual([
      { kind: 'current', digest: RUNS },
      ['offered'],
    ]);
  });

  it('takes what is allowed and does not run, whatever the tag points at', async () => {
    const images = { [MANIFEST]: [MANIFEST, CONFIG] } as const;
    expect(await pinned(only(MANIFEST), 'denied', images)).toEqual([
      { kind: 'outdated', digest: MANIFEST, aliases: [CONFIG] },
      [MANIFEST],
    ]);
  });

  it('does not take again what was put back', async () => {
    const images = { [MANIFEST]: [MANIFEST, CONFIG] } as const;
    const rejections = { web: { digest: OFFERED, aliases: [CONFIG], reason: 'it crashed', at: 5 } };
    expect((await pinned(only(MANIFEST), RUNS, images, { rejections }))[0]).toMatchObject({
      kind: 'rejected',
    });
  });

  it('cannot take what its registry does not have', async () => {
    expect(await pinned(only(MANIFEST), OFFERED)).toEqual([
      {
        kind: 'unresolved',
        reason: `it is pinned to ${'e'.repeat(12)}, which it does not run and cannot get: registry.test refuses`,
      },
      [MANIFEST],
    ]);
  });

  it('is not compared with the id of an image, which is no digest of a registry', async () => {
    expect(await pinned(only(digestOf('1')), OFFERED)).toEqual([
      {
        kind: 'unresolved',
        reason: `it is pinned to the id of its image, which no registry knows it by; its digest is ${RUNS}`,
      },
      [],
    ]);
  });

  it('is left alone where it is not clear to what', async () => {
    expect(await pinned({ kind: 'unclear', reason: 'two pins' }, OFFERED)).toEqual([
      { kind: 'unresolved', reason: 'two pins' },
      [],
    ]);
    const unknown: Pin = { kind: 'unknown', reason: 'it may be pinned' };
    const images = { [OFFERED]: [MANIFEST, CONFIG] } as const;
    expect((await pinned(unknown, OFFERED, images))[0]).toEqual({
      kind: 'unresolved',
      reason: 'it may be pinned',
    });
    expect((await pinned(unknown, RUNS))[0]).toEqual({ kind: 'current', digest: RUNS });
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

  const offered = digestOf('d');
  const [manifest, config] = [digestOf('e'), digestOf('f')];
  /** The verdict where the registry offers another image, and whether it was asked for the one that runs. */
  const judged = async (image: object, over: Partial<ResolveOptions> = {}, known = false) => {
    const has = vi.fn(async () => known);
    const registry = {
      has,
      offeredDigest: async () => offered,
      platformImage: async () => ({ manifest, config, size: 1 }),
    } as unknown as Registry;
    const reference = 'registry.test/app:1';
    const one = stored(reference, { image: inspectedImageShape.parse({ Id: digest, ...image }) });
    const found = await verdict(registry.offeredDigest, { registry, ...over }, one);
    return [found, has.mock.calls.length];
  };
  const RepoDigests = [`registry.test/app@${digest}`];
  const built = { Descriptor: { digest }, RepoDigests };
  const taken = { kind: 'outdated', digest: offered, aliases: [manifest, config] };
  const left = { kind: 'skipped', reason: 'built or tagged here: its registry does not have it' };

  it('one that its registry does not have was made here, and is not replaced by its registry’s', async () => {
    expect(await judged(built)).toEqual([left, 1]);
    expect(await judged({ RepoDigests }, { digestsForAll: true })).toEqual([left, 1]);
  });

  it('one that its registry has is replaced by the next', async () => {
    expect(await judged(built, {}, true)).toEqual([taken, 1]);
  });

  it('nobody is asked about one whose origin is known', async () => {
    const knownOrigins = async () => new Set(RepoDigests);
    expect(await judged(built, { knownOrigins })).toEqual([taken, 0]);
    const Identity = { Pull: [{ Repository: 'registry.test/app' }] };
    expect(await judged({ ...built, Identity })).toEqual([taken, 0]);
    const elsewhere = { Pull: [{ Repository: 'registry.test/other' }] };
    expect(await judged({ ...built, Identity: elsewhere })).toEqual([left, 1]);
  });

  it('nobody is asked where a digest tells of a pull, as in the store of the engine itself', async () => {
    expect(await judged({ RepoDigests })).toEqual([taken, 0]);
  });

  it('one whose registry does not say is left for the next run', async () => {
    const registry = {
      offeredDigest: async () => offered,
      platformImage: async () => ({ manifest, config, size: 1 }),
      has: async () => {
        throw new RegistryError('failed', 'registry.test is out of order (HTTP 503).');
      },
    } as unknown as Registry;
    expect(await judged(built, { registry })).toEqual([
      { kind: 'unresolved', reason: 'registry.test is out of order (HTTP 503)' },
      0,
    ]);
  });

  it('one that lost its name is compared all the same', async () => {
    expect(await verdict(async () => digest, {}, stored('registry.test/app:1'))).toEqual({
      kind: 'current',
      digest,
    });
  });
});

it('asks each registry a few things at a time, and lets one that is slow hold up no other', async () => {
  const asked: string[] = [];
  const never = new Promise<never>(() => undefined);
  const one = (name: string) => {
    const RepoDigests = [`${name.replace(':1', '')}@${digestOf('a')}`];
    return container({
      name,
      reference: name,
      image: { Id: digestOf('1'), RepoDigests, Config: { Labels: {} } },
    });
  };
  const names = ['slow.test/a:1', 'slow.test/b:1', 'slow.test/c:1', 'quick.test/d:1', 'quick.test/e:1'];
  const registry = {
    offeredDigest: async ({ registry: host, path }) => {
      asked.push(`${host}/${path}`);
      return host === 'slow.test' ? never : digestOf('a');
    },
  } as Registry;
  const leave = new AbortController();
  const resolved = resolve(names.map(one), {
    registry,
    rejections: {},
    enginePlatform: { os: 'linux', architecture: 'amd64' },
    concurrency: 2,
    secrets: openSecrets(),
    knownOrigins: async () => new Set(),
    trust: NO_TRUST_NEEDED,
    interrupted: leave.signal,
  });
  await settled();
  expect(asked.toSorted()).toEqual(['quick.test/d', 'quick.test/e', 'slow.test/a', 'slow.test/b']);
  leave.abort();
  expect((await resolved).map(({ verdict: { kind } }) => kind)).toContain('unresolved');
});
