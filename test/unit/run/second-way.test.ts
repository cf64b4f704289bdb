import { describe, expect, it } from 'vitest';
import { openSecrets } from '../../../src/base/secrets.ts';
import type { Distribution } from '../../../src/engine/engine.ts';
import { EngineError } from '../../../src/engine/engine-error.ts';
import type { Platform } from '../../../src/image/platform.ts';
import { familiarName, parseReference } from '../../../src/image/reference.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { RegistryError, type RegistryErrorCode } from '../../../src/registry/registry-error.ts';
import { withSecondWay } from '../../../src/run/second-way.ts';
import { digestOf } from '../../support/rollout-samples.ts';
import { rememberingLog } from '../../support/silent-log.ts';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ref = (name = 'registry.test/web:1') => parseReference(name) ?? expect.unreachable();

interface Case {
  readonly says?: string;
  readonly code?: RegistryErrorCode;
  readonly platforms?: readonly Platform[];
  readonly fails?: boolean;
  readonly hasMirrors?: boolean;
}

/** A registry that fails always, an engine that does not, and what that was asked. */
function ways({
  code = 'unreachable',
  says = 'The TLS certificate of registry.test is not to be trusted (X).',
  platforms = [AMD64],
  fails = false,
  hasMirrors = false,
}: Case = {}) {
  const asked: string[] = [];
  const log = rememberingLog();
  const secrets = openSecrets();
  secrets.learn(['hunter2']);
  const failing = async () => {
    throw new RegistryError(code, says);
  };
  const answer: Distribution = { digest: digestOf('d'), platforms };
  const registry = withSecondWay({
    registry: { offeredDigest: failing, has: failing, platformImage: failing } as unknown as Registry,
    engine: {
      distribution: async (reference, credentials) => {
        asked.push(`${familiarName(reference)} ${JSON.stringify(credentials)}`);
        if (fails)
          throw new EngineError('not-found', 'The engine could not ask: hunter2 is unknown (HTTP 404).');
        return answer;
      },
    },
    credentials: async () => ({ username: 'me', password: 'pw' }),
    hasMirrors,
    secrets,
    log,
  });
  return { registry, asked, log };
}

const LOGIN = '{"username":"me","password":"pw"}';

describe('where our own question cannot succeed', () => {
  it('the engine is asked, once, with what may be handed to it, and the log says so in one line', async () => {
    const { registry, asked, log } = ways();
    expect(await registry.offeredDigest(ref())).toBe(digestOf('d'));
    expect(await registry.offeredDigest(ref())).toBe(digestOf('d'));
    expect(await registry.platformImage(ref(), digestOf('d'), AMD64)).toEqual({
      manifest: digestOf('d'),
      config: digestOf('d'),
      size: 0,
    });
    expect(await registry.has(ref(), digestOf('d'))).toBe(true);
    expect(asked).toEqual([`registry.test/web:1 ${LOGIN}`]);
    await registry.offeredDigest(ref('registry.test/other:1'));
    expect(log.lines).toEqual([
      'info registry.test is asked through the engine: The TLS certificate of registry.test is not to be trusted (X).',
    ]);
  });

  it('it is asked once even if it knows nothing either, and what we found out is said', async () => {
    const { registry, asked, log } = ways({ fails: true });
    for (let time = 0; time < 3; time++)
      await expect(registry.offeredDigest(ref())).rejects.toThrow('The TLS certificate of registry.test');
    expect(asked).toHaveLength(1);
    expect(log.lines).toEqual([
      'debug Nor can the engine ask for registry.test/web:1: The engine could not ask: *** is unknown (HTTP 404).',
    ]);
  });

  it('no secret that the registry repeats gets into the log', async () => {
    const { registry, log } = ways({
      code: 'denied',
      says: 'registry.test refuses access (login me:hunter2).',
    });
    await registry.offeredDigest(ref());
    expect(log.lines).toEqual([
      'info registry.test is asked through the engine: registry.test refuses access (login me:***).',
    ]);
  });

  it('a platform that it does not list is not offered', async () => {
    const { registry } = ways({ platforms: [{ os: 'linux', architecture: 'arm64' }] });
    await registry.offeredDigest(ref());
    await expect(registry.platformImage(ref(), digestOf('d'), AMD64)).rejects.toMatchObject({
      code: 'no-platform',
    });
    const silent = ways({ platforms: [] });
    await silent.registry.offeredDigest(ref());
    expect((await silent.registry.platformImage(ref(), digestOf('d'), AMD64)).manifest).toBe(digestOf('d'));
  });

  it('what it has under a digest is held against that digest', async () => {
    const { registry, asked } = ways();
    expect(await registry.has(ref(), digestOf('e'))).toBe(false);
    expect(asked).toEqual([`registry.test/web@${digestOf('e')} ${LOGIN}`]);
  });

  it.each<RegistryErrorCode>([
    'rate-limited',
    'failed',
    'not-found',
    'garbage',
    'untrusted',
    'credentials',
    'no-platform',
  ])('it is not asked after %s: that was an answer', async code => {
    const { registry, asked } = ways({ code });
    await expect(registry.offeredDigest(ref())).rejects.toMatchObject({ code });
    expect(asked).toEqual([]);
  });

  it('it follows where a registry leaves its images to another, and no login goes along', async () => {
    const { registry, asked } = ways({ code: 'redirected' });
    expect(await registry.offeredDigest(ref())).toBe(digestOf('d'));
    expect(asked).toEqual(['registry.test/web:1 undefined']);
  });

  it('it is asked after a refusal, but not where it could only hear the same', async () => {
    expect(await ways({ code: 'denied' }).registry.offeredDigest(ref())).toBe(digestOf('d'));
    await expect(ways({ code: 'denied' }).registry.offeredDigest(ref('web:1'))).rejects.toMatchObject({
      code: 'denied',
    });
    const mirrored = ways({ code: 'denied', hasMirrors: true });
    expect(await mirrored.registry.offeredDigest(ref('web:1'))).toBe(digestOf('d'));
  });
});
