import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openSecrets } from '../../../src/base/secrets.ts';
import type { Digest } from '../../../src/image/digest.ts';
import { parseReference, type Reference } from '../../../src/image/reference.ts';
import { openRegistry } from '../../../src/registry/registry-client.ts';
import { handClock } from '../../support/hand-clock.ts';
import { OCI_INDEX, sha256 } from '../../support/image.ts';
import { publishArtifact, publishReferrers } from '../../support/publish-artifact.ts';
import { type RegistryServer, startRegistry } from '../../support/registry-server.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const SUBJECT = `sha256:${'a'.repeat(64)}` as Digest;
const BYTES = Buffer.from('a signature');
const BLOB = sha256(BYTES) as Digest;
const SILENT = () => undefined;

let server: RegistryServer;
let manifest: Digest;
beforeAll(async () => {
  server = await startRegistry();
  manifest = (await publishArtifact(server, 'team/app', 'signature', [
    { mediaType: 'text/plain', bytes: BYTES },
  ])) as Digest;
});
afterAll(() => server.close());
beforeEach(() => {
  for (const name of ['NO_PROXY', 'no_proxy']) vi.stubEnv(name, '127.0.0.1');
  server.misbehave = undefined;
  server.forget();
});
afterEach(() => vi.unstubAllEnvs());

function open() {
  const registry = openRegistry({
    environment: { DOCKER_CONFIG: tempFolder(), NO_PROXY: '127.0.0.1' },
    clock: { ...handClock(), sleep: async () => undefined },
    insecureRegistries: [],
    challenges: new Map(),
    connectionsPerHost: 2,
    secrets: openSecrets(),
    log: { debug: SILENT, info: SILENT, warn: SILENT, error: SILENT },
  });
  onTestFinished(() => registry.close());
  return registry;
}

function reference(): Reference {
  const read = parseReference(`${server.host}/team/app:v1`);
  if (read === undefined) throw new Error('no reference');
  return read;
}

/** Answers what matches with a status, headers and a body. */
function misbehave(
  match: RegExp,
  status: number,
  headers: Record<string, string>,
  body: string | Buffer = '',
): void {
  server.misbehave = (request, response) => {
    if (!match.test(request.url ?? '')) return false;
    response.writeHead(status, headers).end(body);
    return true;
  };
}

describe('manifests', () => {
  it('are read by tag and by digest, and those that are missing are told from those that cannot be had', async () => {
    const registry = open();
    expect(sha256((await registry.manifest(reference(), 'signature')) ?? '')).toBe(manifest);
    expect(sha256((await registry.manifest(reference(), manifest)) ?? '')).toBe(manifest);
    expect(await registry.manifest(reference(), 'missing')).toBeUndefined();
    misbehave(/manifests/, 403, {});
    await expect(registry.manifest(reference(), 'signature')).rejects.toMatchObject({ code: 'denied' });
  });

  it('must match the digest that they were asked for by', async () => {
    misbehave(/manifests/, 200, { 'content-type': OCI_INDEX }, '{}');
    await expect(open().manifest(reference(), manifest)).rejects.toThrow('does not match the digest');
  });
});

describe('what belongs to a digest', () => {
  const index = JSON.stringify({ manifests: [{ digest: SUBJECT }, { digest: 'none' }] });

  it('is asked for by the API for it', async () => {
    misbehave(/referrers/, 200, { 'content-type': `${OCI_INDEX}; charset=utf-8` }, index);
    expect(await open().referrers(reference(), SUBJECT)).toEqual([SUBJECT]);
    expect(server.requests.map(({ path }) => path)).toEqual([`/v2/team/app/referrers/${SUBJECT}`]);
  });

  it('is read under a tag where there is no such API, or something else in its place', async () => {
    const registry = open();
    expect(await registry.referrers(reference(), SUBJECT)).toEqual([]);
    await publishReferrers(server, 'team/app', SUBJECT, [manifest]);
    expect(await registry.referrers(reference(), SUBJECT)).toEqual([manifest]);
    misbehave(/referrers/, 200, { 'content-type': 'text/html' }, '<html>');
    expect(await registry.referrers(reference(), SUBJECT)).toEqual([manifest]);
  });

  it.each(['garbage', '{}', '{"manifests":{}}', '{"manifests":[1]}'])(
    'is not understood where it is %s',
    async body => {
      misbehave(/referrers/, 200, { 'content-type': OCI_INDEX }, body);
      await expect(open().referrers(reference(), SUBJECT)).rejects.toThrow(
        /list of what belongs to a digest is not understood/,
      );
    },
  );

  it('cannot be had where the registry is out of order', async () => {
    misbehave(/referrers/, 500, {});
    await expect(open().referrers(reference(), SUBJECT)).rejects.toMatchObject({ code: 'failed' });
  });
});

describe('blobs', () => {
  let elsewhere: Server;
  let seen: { path: string; authorization: string | undefined }[];
  let answer: { status: number; headers?: Record<string, string>; body?: Buffer };
  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      seen.push({ path: request.url ?? '', authorization: request.headers.authorization });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
    await new Promise<void>(resolve => elsewhere.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => elsewhere.close());
  beforeEach(() => {
    seen = [];
    answer = { status: 200, body: BYTES };
  });
  const place = (path = '/blob?signed') =>
    `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}${path}`;
  const read = (limit = 1000) => open().blob(reference(), BLOB, limit);

  it('are read, and must match their digest', async () => {
    expect(await read()).toEqual(BYTES);
    misbehave(/blobs/, 200, {}, 'something else');
    await expect(read()).rejects.toThrow('the blob it sent does not match the digest it was asked for');
  });

  it('are not there where they are missing, or longer than allowed', async () => {
    expect(await open().blob(reference(), SUBJECT, 1000)).toBeUndefined();
    expect(await read(BYTES.length)).toEqual(BYTES);
    expect(await read(BYTES.length - 1)).toBeUndefined();
    misbehave(/blobs/, 307, { location: place() });
    expect(await read(BYTES.length - 1)).toBeUndefined();
  });

  it.each([301, 302, 303, 307, 308])(
    'are read elsewhere where the registry says so with %d',
    async status => {
      misbehave(/blobs/, status, { location: place() });
      expect(await read()).toEqual(BYTES);
      expect(seen).toEqual([{ path: '/blob?signed', authorization: undefined }]);
    },
  );

  it('must match their digest there, too', async () => {
    misbehave(/blobs/, 307, { location: place() });
    answer = { status: 200, body: Buffer.from('evil') };
    await expect(read()).rejects.toThrow('does not match the digest');
    answer = { status: 403 };
    await expect(read()).rejects.toMatchObject({ code: 'denied' });
  });

  it.each<[string, string]>([
    ['a file', 'file:///etc/passwd'],
    ['plain HTTP', 'http://192.0.2.1/blob'],
    ['another machine in the clear', 'http://10.0.0.1/blob'],
    ['an address with a password', 'https://me:secret@127.0.0.1/blob'],
    ['nothing', ''],
    ['what is no address', 'http://['],
  ])('are not read where the registry sends us to %s', async (_what, location) => {
    misbehave(/blobs/, 307, { location });
    await expect(read()).rejects.toThrow(/it keeps a blob in a place that is not safe to talk to/);
  });

  it('are not looked for for ever', async () => {
    misbehave(/blobs/, 307, { location: place('/again') });
    answer = { status: 307, headers: { location: '/again' } };
    await expect(read()).rejects.toThrow(/not safe to talk to/);
    expect(seen).toHaveLength(3);
  });

  it('cannot be had where that place does not answer', async () => {
    misbehave(/blobs/, 307, { location: 'http://127.0.0.1:1/' });
    await expect(read()).rejects.toMatchObject({ code: 'unreachable' });
  });
});

it('keeps from sending anybody into our own networks for a blob', async () => {
  // As if a public registry: its own place is one of the documentation's addresses, and it redirects inside.
  const asked: string[] = [];
  const registry = openRegistry({
    environment: { DOCKER_CONFIG: tempFolder() },
    clock: { ...handClock(), sleep: async () => undefined },
    insecureRegistries: [],
    challenges: new Map(),
    connectionsPerHost: 2,
    secrets: openSecrets(),
    log: { debug: SILENT, info: SILENT, warn: SILENT, error: SILENT },
    openHttp: () => ({
      send: async ({ url, reach, headers }) => {
        asked.push(`${url.href} ${reach ?? 'anywhere'} ${headers?.['authorization'] ?? 'no secret'}`);
        const isRegistry = url.host === 'registry.test';
        return {
          status: isRegistry ? 307 : 200,
          header: name => (name === 'location' ? 'https://storage.test/blob' : undefined),
          body: BYTES,
          peer: '93.184.216.34',
        };
      },
      close: async () => undefined,
    }),
  });
  const read = parseReference('registry.test/team/app:v1') as Reference;
  expect(await registry.blob(read, BLOB, 1000)).toEqual(BYTES);
  expect(asked.at(-1)).toBe('https://storage.test/blob public no secret');
});
