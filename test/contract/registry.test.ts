import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openSecrets } from '../../src/base/secrets.ts';
import { type Digest, parseDigest } from '../../src/image/digest.ts';
import { parseReference, type Reference } from '../../src/image/reference.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { openRegistry } from '../../src/registry/registry-client.ts';
import { type DockerRegistry, LOGIN, startDockerRegistry } from '../support/docker-registry.ts';
import { handClock } from '../support/hand-clock.ts';
import { type BuiltImage, buildImage, buildLayer } from '../support/image.ts';
import { type PushTarget, publish, publishIndex } from '../support/publish.ts';
import { startRegistry } from '../support/registry-server.ts';
import { silentLog } from '../support/silent-log.ts';
import { tempFolder } from '../support/temp-folder.ts';

type Counterpart = PushTarget & { close(): Promise<void> } & Partial<
    Pick<DockerRegistry, 'accessLog' | 'forget' | 'tokens'>
  >;

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM_V7 = { os: 'linux', architecture: 'arm', variant: 'v7' };
const NONE = parseDigest(`sha256:${'ab'.repeat(32)}`) as Digest;

/** The registry that other suites talk to, and the real thing in each way of letting people in. */
const COUNTERPARTS: readonly [string, (folder: string) => Promise<Counterpart>, boolean][] = [
  ['the scripted registry', () => startRegistry(), false],
  ['docker-registry', folder => startDockerRegistry(folder, 'open'), false],
  ['docker-registry behind a password', folder => startDockerRegistry(folder, 'htpasswd'), true],
  ['docker-registry behind a token service', folder => startDockerRegistry(folder, 'token'), true],
];

describe.each(COUNTERPARTS)('%s', (_, start, isGuarded) => {
  let counterpart: Counterpart;
  let folder: string;
  let image: BuiltImage;
  let armImage: BuiltImage;
  let index: Digest;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'refreshd-contract-'));
    counterpart = await start(folder);
    const layer = await buildLayer([{ path: 'hello', content: 'hello' }]);
    image = buildImage([layer], { Cmd: ['/hello'] });
    armImage = buildImage([layer], { Cmd: ['/hello'] }, ARM_V7);
    await publish(counterpart, 'app', 'v1', image);
    index = (await publishIndex(counterpart, 'team/app', 'multi', [armImage, image])) as Digest;
  });
  afterAll(async () => {
    await counterpart.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function open(login = isGuarded): Registry {
    const home = tempFolder();
    const auth = Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64');
    const auths = login ? { [counterpart.host]: { auth } } : {};
    writeFileSync(join(home, 'config.json'), JSON.stringify({ auths }));
    const registry = openRegistry({
      environment: { DOCKER_CONFIG: home },
      clock: { ...handClock(), sleep: async () => undefined },
      insecureRegistries: [],
      challenges: new Map(),
      connectionsPerHost: 2,
      secrets: openSecrets(),
      log: silentLog(),
    });
    onTestFinished(() => registry.close());
    return registry;
  }

  function reference(name: string): Reference {
    const read = parseReference(`${counterpart.host}/${name}`);
    if (read === undefined) throw new Error(`${name} is no reference`);
    return read;
  }

  const codeOf = (asking: Promise<unknown>) =>
    asking.then(
      () => 'no error',
      error => `${error.name} ${error.code}`,
    );

  it('offers the digest of an image, and of an index', async () => {
    const registry = open();
    expect(await registry.offeredDigest(reference('app:v1'))).toBe(image.digest);
    expect(await registry.offeredDigest(reference('team/app:multi'))).toBe(index);
    expect(registry.requests()).toBe(2);
  });

  it('says what a digest means for a machine', async () => {
    const registry = open();
    const size = ({ config, layers }: BuiltImage) =>
      layers.reduce((sum, { bytes }) => sum + bytes.length, config.length);
    const meaning = (found: BuiltImage) => ({ manifest: found.digest, config: found.id, size: size(found) });
    const ask = (name: string, digest: string, platform: typeof AMD64) =>
      registry.platformImage(reference(name), digest as Digest, platform);
    expect(await ask('app:v1', image.digest, AMD64)).toEqual(meaning(image));
    expect(await ask('team/app:multi', index, AMD64)).toEqual(meaning(image));
    expect(await ask('team/app:multi', index, ARM_V7)).toEqual(meaning(armImage));
    const other = { os: 'linux', architecture: 's390x' };
    expect(await codeOf(ask('team/app:multi', index, other))).toBe('RegistryError no-platform');
  });

  it('has a digest or has it not', async () => {
    const registry = open();
    expect(await registry.has(reference('app:v1'), image.digest as Digest)).toBe(true);
    expect(await registry.has(reference('app:v1'), NONE)).toBe(false);
    expect(await registry.has(reference('app:v1'), index)).toBe(false);
  });

  it('knows no tag, repository or digest that is not there', async () => {
    const registry = open();
    for (const name of ['app:v2', 'team/other:v1'])
      expect(await codeOf(registry.offeredDigest(reference(name)))).toBe('RegistryError not-found');
    const asking = registry.platformImage(reference('app:v1'), NONE, AMD64);
    expect(await codeOf(asking)).toBe('RegistryError not-found');
  });

  it('lets in nobody without a login, if it wants one', async () => {
    const expected = isGuarded ? 'RegistryError denied' : 'no error';
    expect(await codeOf(open(false).offeredDigest(reference('app:v1')))).toBe(expected);
  });

  it('is asked once for each tag, and for one token for each repository', async () => {
    const { accessLog, forget, tokens } = counterpart;
    forget?.();
    tokens?.questions.splice(0);
    const registry = open();
    const names = ['app:v1', 'team/app:multi', 'app:v2', 'app:v3'];
    await Promise.allSettled(names.map(name => registry.offeredDigest(reference(name))));
    expect(registry.requests()).toBe(4);
    if (tokens !== undefined)
      expect(tokens.questions.map(({ scope }) => scope).toSorted()).toEqual([
        'repository:app:pull',
        'repository:team/app:pull',
      ]);
    if (accessLog === undefined) return;
    const manifests = accessLog().filter(({ path }) => path.includes('/manifests/'));
    expect(manifests.map(({ method, path, status }) => `${method} ${path} ${status}`).toSorted()).toEqual([
      'HEAD /v2/app/manifests/v1 200',
      'HEAD /v2/app/manifests/v2 404',
      'HEAD /v2/app/manifests/v3 404',
      'HEAD /v2/team/app/manifests/multi 200',
    ]);
  });
});
