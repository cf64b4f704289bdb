import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type HttpClient, HttpFault, type HttpOptions } from '../../../src/base/http.ts';
import type { Log } from '../../../src/base/log.ts';
import { openSecrets, type Secrets } from '../../../src/base/secrets.ts';
import type { Digest } from '../../../src/image/digest.ts';
import { parseReference, type Reference } from '../../../src/image/reference.ts';
import type { Challenge } from '../../../src/registry/challenge.ts';
import { openRegistry } from '../../../src/registry/registry-client.ts';
import { handClock } from '../../support/hand-clock.ts';
import { type BuiltImage, buildImage, buildLayer, OCI_INDEX } from '../../support/image.ts';
import { publish, publishIndex } from '../../support/publish.ts';
import { type RegistryServer, startRegistry } from '../../support/registry-server.ts';
import { type ShortAnswer, scriptedHttp } from '../../support/scripted-http.ts';
import { rememberingLog, silentLog } from '../../support/silent-log.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };
const LOGIN = 'me:hunter2';

let server: RegistryServer;
let image: BuiltImage;
let armImage: BuiltImage;
let indexDigest: string;

beforeAll(async () => {
  server = await startRegistry();
  const layer = await buildLayer([{ path: 'hello', content: 'hello' }]);
  image = buildImage([layer], { Cmd: ['/hello'] });
  armImage = buildImage([layer], { Cmd: ['/hello'] }, { os: 'linux', architecture: 'arm', variant: 'v7' });
  await publish(server, 'team/app', 'v1', image);
  await publish(server, 'team/other', 'v1', image);
  indexDigest = await publishIndex(server, 'team/app', 'multi', [armImage, image]);
});
afterAll(() => server.close());
beforeEach(() => {
  server.misbehave = undefined;
  server.forget();
});

interface Options {
  /** Whether Docker's config.json has a login for the registry. */
  readonly login?: boolean;
  readonly challenges?: ReadonlyMap<string, Challenge>;
  readonly secrets?: Secrets;
  readonly log?: Log;
  readonly environment?: Record<string, string>;
  readonly hubMirrors?: readonly string[];
  readonly insecureRegistries?: readonly string[];
  readonly openHttp?: (options: HttpOptions) => HttpClient;
}

function open({
  login = false,
  challenges = new Map(),
  secrets = openSecrets(),
  log = silentLog(),
  environment = {},
  ...more
}: Options = {}) {
  const folder = tempFolder();
  const auths = login ? { [server.host]: { auth: Buffer.from(LOGIN).toString('base64') } } : {};
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
  const registry = openRegistry({
    environment: { DOCKER_CONFIG: folder, PATH: process.env['PATH'], ...environment },
    clock: { ...handClock(), sleep: async () => undefined },
    insecureRegistries: [],
    challenges,
    connectionsPerHost: 2,
    secrets,
    log,
    ...more,
  });
  onTestFinished(() => registry.close());
  return registry;
}

function reference(name = 'team/app:v1'): Reference {
  const read = parseReference(`${server.host}/${name}`);
  if (read === undefined) throw new Error(`${name} is no reference`);
  return read;
}

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}` as Digest;
/** What was asked, in words. */
const asked = () =>
  server.requests.map(
    ({ method, path, authorization }) => `${method} ${path}${authorization ? ` ${authorization}` : ''}`,
  );

/** Answers requests that match, and no others. */
function misbehave(
  match: RegExp,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  server.misbehave = (request, response) => {
    if (!match.test(`${request.method} ${request.url}`)) return false;
    answer(request, response);
    return true;
  };
}
const always =
  (status: number, headers: Record<string, string> = {}, body = '') =>
  (_: unknown, response: ServerResponse) =>
    void response.writeHead(status, headers).end(body);

const problem = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    error => `${error.name} ${error.code}: ${error.message.replaceAll(server.host, 'HOST')}`,
  );

describe('whether a repository has a digest', () => {
  it('costs one HEAD', async () => {
    const registry = open();
    expect(await registry.has(reference(), image.digest as Digest)).toBe(true);
    expect(await registry.has(reference('team/other:v1'), indexDigest as Digest)).toBe(false);
    expect(asked()).toEqual([
      `HEAD /v2/team/app/manifests/${image.digest}`,
      `HEAD /v2/team/other/manifests/${indexDigest}`,
    ]);
  });

  it('is not known where it says neither', async () => {
    misbehave(/manifests/, always(403));
    expect(await problem(open().has(reference(), image.digest as Digest))).toMatch(/^RegistryError denied:/);
  });

  it('is not told by a page of some proxy', async () => {
    misbehave(/manifests/, always(200, { 'content-type': 'text/html' }));
    expect(await problem(open().has(reference(), image.digest as Digest))).toMatch(/^RegistryError garbage:/);
  });
});

describe('the offered digest', () => {
  it('costs one HEAD, and no byte of the manifest', async () => {
    const registry = open();
    expect(await registry.offeredDigest(reference())).toBe(image.digest);
    expect(await registry.offeredDigest(reference('team/app:multi'))).toBe(indexDigest);
    expect(asked()).toEqual(['HEAD /v2/team/app/manifests/v1', 'HEAD /v2/team/app/manifests/multi']);
    expect(registry.requests()).toBe(2);
    expect(registry.challenges()).toEqual(new Map([[server.host, { scheme: 'none' }]]));
  });

  it('is asked for in all four types', async () => {
    let accept: string | undefined;
    server.misbehave = request => {
      accept = request.headers.accept;
      return false;
    };
    await open().offeredDigest(reference());
    expect(accept?.split(', ').toSorted()).toEqual([
      'application/vnd.docker.distribution.manifest.list.v2+json',
      'application/vnd.docker.distribution.manifest.v2+json',
      'application/vnd.oci.image.index.v1+json',
      'application/vnd.oci.image.manifest.v1+json',
    ]);
  });

  it('is that of the bytes where the header is missing', async () => {
    misbehave(/manifests/, ({ method }, response) => {
      response.writeHead(200, { 'content-type': OCI_INDEX }).end(method === 'GET' ? '{"x":1}' : undefined);
    });
    const registry = open();
    expect(await registry.offeredDigest(reference())).toBe(sha256('{"x":1}'));
    expect(asked().map(each => each.split(' ')[0])).toEqual(['HEAD', 'GET']);
    expect(registry.requests()).toBe(2);
  });

  it.each<[string, Parameters<typeof always>, string]>([
    ['401', [401], 'RegistryError denied: HOST refuses access to HOST/team/app:v1 (HTTP 401).'],
    ['403', [403], 'RegistryError denied: HOST refuses access to HOST/team/app:v1 (HTTP 403).'],
    ['404', [404], 'RegistryError not-found: HOST has no HOST/team/app:v1 (HTTP 404).'],
    ['429', [429], 'RegistryError rate-limited: HOST says it was asked too often (HTTP 429).'],
    ['503', [503], 'RegistryError failed: HOST is out of order (HTTP 503).'],
    [
      'a redirect',
      [307, { location: 'http://127.0.0.1:1/' }],
      'RegistryError garbage: HOST gave no usable answer for HOST/team/app:v1: it redirects to 127.0.0.1:1 (HTTP 307), and redirects are not followed.',
    ],
    [
      'HTML',
      [200, { 'content-type': 'text/html; charset=utf-8' }],
      'RegistryError garbage: HOST gave no usable answer for HOST/team/app:v1: it answered with text/html instead of a manifest.',
    ],
    [
      'a digest that is none',
      [200, { 'content-type': OCI_INDEX, 'docker-content-digest': 'sha256:xyz' }],
      'RegistryError garbage: HOST gave no usable answer for HOST/team/app:v1: it names a digest that is none: "sha256:xyz".',
    ],
  ])('is not to be had from %s', async (_, answer, expected) => {
    misbehave(/manifests/, always(...answer));
    expect(await problem(open().offeredDigest(reference()))).toBe(expected);
  });

  // What comes by GET is no manifest either if it says that it is a page.
  it('is not that of a page', async () => {
    misbehave(/manifests/, ({ method }, response) => {
      if (method === 'HEAD') response.writeHead(200).end();
      else response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
    });
    expect(await problem(open().offeredDigest(reference()))).toMatch(/^RegistryError garbage/);
  });

  it('is asked for three times of a registry that is broken, once of others', async () => {
    for (const [status, requests] of [
      [500, 3],
      [429, 1],
      [404, 1],
    ] as const) {
      server.forget();
      misbehave(/manifests/, always(status));
      await problem(open().offeredDigest(reference()));
      expect(server.requests).toHaveLength(requests);
    }
  });

  it('is given after two failures in passing', async () => {
    let count = 0;
    server.misbehave = (_, response) => {
      count += 1;
      if (count === 1) response.destroy();
      else if (count === 2) response.writeHead(503).end();
      return count <= 2;
    };
    expect(await open().offeredDigest(reference())).toBe(image.digest);
  });

  it('is unreachable where nobody listens', async () => {
    const other = await startRegistry();
    await other.close();
    const read = parseReference(`${other.host}/a:b`);
    expect(read && (await problem(open().offeredDigest(read)))).toBe(
      `RegistryError unreachable: ${other.host} refuses connections.`,
    );
  });
});

describe('what a platform gets', () => {
  const config = () => ({
    config: image.id,
    size: image.config.length + (image.layers[0]?.bytes.length ?? 0),
  });

  it('is the image itself where there is one only', async () => {
    const found = await open().platformImage(reference(), image.digest as Digest, ARM64);
    expect(found).toEqual({ manifest: image.digest, ...config() });
  });

  it('is the entry of an index for it, by two requests', async () => {
    const registry = open();
    const found = await registry.platformImage(reference('team/app:multi'), indexDigest as Digest, AMD64);
    expect(found).toEqual({ manifest: image.digest, ...config() });
    expect(asked()).toEqual([
      `GET /v2/team/app/manifests/${indexDigest}`,
      `GET /v2/team/app/manifests/${image.digest}`,
    ]);
  });

  it('is never another platform’s', async () => {
    expect(
      await problem(open().platformImage(reference('team/app:multi'), indexDigest as Digest, ARM64)),
    ).toBe('RegistryError no-platform: HOST/team/app:multi is offered, but not for linux/arm64.');
  });

  const GARBAGE = 'RegistryError garbage: HOST gave no usable answer for HOST/team/app:v1';
  it.each<[string, Record<string, string>, string]>([
    ['other bytes', { 'content-type': OCI_INDEX }, '{"manifests":[]}'],
    ['nothing', {}, ''],
    ['HTML', { 'content-type': 'text/html' }, '<html>'],
    ['what it calls gzip', { 'content-encoding': 'gzip' }, 'no gzip at all'],
  ])('is not taken from %s', async (_, headers, body) => {
    misbehave(/manifests/, always(200, headers, body));
    expect(await problem(open().platformImage(reference(), image.digest as Digest, AMD64))).toBe(
      `${GARBAGE}: the manifest it sent does not match the digest it was asked for.`,
    );
  });

  it.each([
    ['{"manifests": 5}', 'its manifest is not understood: '],
    ['[]', 'its manifest is not understood: '],
    ['<html>', 'its manifest is not understood: it is not JSON.'],
    ['{"schemaVersion":1,"fsLayers":[]}', 'its manifest is not understood: '],
  ])('is not read from %s, even if its digest is right', async (body, why) => {
    misbehave(/manifests/, always(200, {}, body));
    expect(await problem(open().platformImage(reference(), sha256(body), AMD64))).toContain(
      `${GARBAGE}: ${why}`,
    );
  });

  it('is not looked for in circles of indexes', async () => {
    const bodies = new Map<string, string>();
    let inner = image.digest;
    for (let depth = 0; depth < 5; depth++) {
      const body = JSON.stringify({ manifests: [{ digest: inner, size: 1, platform: AMD64 }] });
      inner = sha256(body);
      bodies.set(inner, body);
    }
    server.misbehave = ({ url }, response) => {
      const body = bodies.get(url?.split('/').at(-1) ?? '');
      if (body !== undefined) response.writeHead(200).end(body);
      return body !== undefined;
    };
    const [first, second, third] = bodies.keys();
    const registry = open();
    expect(await problem(registry.platformImage(reference(), inner as Digest, AMD64))).toBe(
      `${GARBAGE}: its index leads from index to index.`,
    );
    for (const digest of [first, second, third])
      expect((await registry.platformImage(reference(), digest as Digest, AMD64)).manifest).toBe(
        image.digest,
      );
  });

  it('is no more than four mebibytes', async () => {
    misbehave(/manifests/, (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    expect(await problem(open().platformImage(reference(), image.digest as Digest, AMD64))).toBe(
      'RegistryError garbage: HOST answered with more than 4194304 bytes.',
    );
    expect(server.requests).toHaveLength(1);
  });

  it('says what the registry says, cleaned and short, with the name by digest', async () => {
    const message = `gone\u001b[31m\nfor\u202e good ${'x'.repeat(500)}`;
    misbehave(
      /manifests/,
      always(404, {}, JSON.stringify({ errors: [{ code: 'MANIFEST_UNKNOWN', message }] })),
    );
    const said = await problem(open().platformImage(reference(), image.digest as Digest, AMD64));
    expect(said).toMatch(
      /^RegistryError not-found: HOST has no HOST\/team\/app@sha256:[0-9a-f]{64} \(HTTP 404: gone for good x+…\)\.$/,
    );
    expect(said.length).toBeLessThan(320);
  });

  it.each([
    [{ errors: [{ code: 'DENIED' }] }, ': DENIED'],
    [{ errors: [] }, ''],
    [{ errors: 'x' }, ''],
  ])('says nothing more than there is: %j', async (body, words) => {
    misbehave(/manifests/, always(403, {}, JSON.stringify(body)));
    const asking = open().platformImage(reference(), image.digest as Digest, AMD64);
    expect(await problem(asking)).toContain(`(HTTP 403${words}).`);
  });
});

describe('a registry with a token service', () => {
  /** Wants a token, whose number is counted up; only those in `valid` are good (all, if left out). */
  function guard(valid?: readonly string[]) {
    let tokens = 0;
    server.misbehave = ({ url = '', headers }, response) => {
      const { pathname, searchParams } = new URL(url, `http://${server.host}`);
      if (pathname === '/token') {
        tokens += 1;
        response.end(JSON.stringify({ token: `${searchParams.get('scope')}#${tokens}` }));
        return true;
      }
      const token = headers.authorization?.replace('Bearer ', '');
      const scope = `repository:${/^\/v2\/(.+)\/manifests/.exec(pathname)?.[1]}:pull`;
      const isGood = token?.startsWith(`${scope}#`) && (valid?.includes(token) ?? true);
      if (isGood) return false;
      const challenge = `Bearer realm="http://${server.host}/token",service="s"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return true;
    };
  }
  const short = () => asked().map(each => each.replace('repository:', '').replace(/Basic .*/, 'LOGIN'));

  it('is asked with one token for each repository', async () => {
    guard();
    const registry = open();
    for (const name of ['team/app:v1', 'team/app:multi', 'team/other:v1'])
      await registry.offeredDigest(reference(name));
    expect(short()).toEqual([
      'HEAD /v2/team/app/manifests/v1',
      'GET /token',
      'HEAD /v2/team/app/manifests/v1 Bearer team/app:pull#1',
      'HEAD /v2/team/app/manifests/multi Bearer team/app:pull#1',
      'GET /token',
      'HEAD /v2/team/other/manifests/v1 Bearer team/other:pull#2',
    ]);
    const challenge = { scheme: 'bearer', realm: `http://${server.host}/token`, service: 's' };
    expect(registry.challenges()).toEqual(new Map([[server.host, challenge]]));
  });

  it('is not even refused once if its challenge is remembered, or there is a login', async () => {
    guard();
    const first = open();
    await first.offeredDigest(reference());
    server.forget();
    await open({ challenges: first.challenges() }).offeredDigest(reference());
    expect(short()).toEqual(['GET /token', 'HEAD /v2/team/app/manifests/v1 Bearer team/app:pull#2']);
    server.forget();
    await open({ login: true }).offeredDigest(reference());
    expect(short()).toEqual([
      'GET /v2/',
      'GET /token LOGIN',
      'HEAD /v2/team/app/manifests/v1 Bearer team/app:pull#3',
    ]);
  });

  it('is given another token when one has run out, once', async () => {
    const valid = ['repository:team/app:pull#1'];
    guard(valid);
    const registry = open();
    await registry.offeredDigest(reference());
    valid.splice(0, 1, 'repository:team/app:pull#2');
    server.forget();
    expect(await registry.offeredDigest(reference())).toBe(image.digest);
    expect(short()).toEqual([
      'HEAD /v2/team/app/manifests/v1 Bearer team/app:pull#1',
      'GET /token',
      'HEAD /v2/team/app/manifests/v1 Bearer team/app:pull#2',
    ]);
    valid.pop();
    server.forget();
    expect(await problem(registry.offeredDigest(reference()))).toMatch(/^RegistryError denied/);
    expect(short()).toHaveLength(3);
  });

  it('is sent nothing for a token service elsewhere that is not safe', async () => {
    const evil = await startRegistry();
    onTestFinished(() => evil.close());
    const [, port] = evil.host.split(':');
    misbehave(
      /./,
      always(401, {
        'www-authenticate': `Bearer realm="http://0.0.0.0:${port}/token",service="s"`,
      }),
    );
    expect(await problem(open({ login: true }).offeredDigest(reference()))).toBe(
      'RegistryError garbage: HOST names a token service that is not safe to talk to.',
    );
    expect(evil.requests).toEqual([]);
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it.each([
    [403, '', 'RegistryError denied: HOST refuses a token for HOST (HTTP 403).'],
    [
      200,
      'x'.repeat(70_000),
      'RegistryError garbage: The token service cannot be used: HOST answered with more than 65536 bytes.',
    ],
  ])('that answers %i fails', async (status, body, expected) => {
    server.misbehave = ({ url }, response) => {
      const challenge = `Bearer realm="http://${server.host}/token"`;
      if (url?.startsWith('/token')) response.writeHead(status).end(body);
      else response.writeHead(401, { 'www-authenticate': challenge }).end();
      return true;
    };
    expect(await problem(open().offeredDigest(reference()))).toBe(expected);
  });
});

describe('a proxy', () => {
  /** A proxy that refuses everything, and what it was asked for. */
  async function proxy() {
    const seen: string[] = [];
    const proxyServer = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.writeHead(502).end();
    });
    proxyServer.on('connect', (request, socket) => {
      seen.push(`CONNECT ${request.url}`);
      socket.end('HTTP/1.1 502 No\r\n\r\n');
    });
    await new Promise<void>(resolve => proxyServer.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxyServer.close());
    const url = `http://127.0.0.1:${(proxyServer.address() as AddressInfo).port}`;
    return { seen, environment: { HTTP_PROXY: url, HTTPS_PROXY: url } };
  }

  it('is used for other hosts', async () => {
    const { seen, environment } = await proxy();
    const read = parseReference('registry.test/a:b');
    expect(read && (await problem(open({ environment }).offeredDigest(read)))).toMatch(
      /^RegistryError unreachable/,
    );
    expect(new Set(seen)).toEqual(new Set(['CONNECT registry.test:443']));
  });

  // Docker goes past the proxy to this machine itself, and a login for it may travel in clear only within it.
  it('is never used for this machine', async () => {
    const { seen, environment } = await proxy();
    await problem(open({ login: true, environment }).offeredDigest(reference()));
    expect(seen).toEqual([]);
  });
});

/** Wants a login: the registry itself, or a token service of it. */
function wantLogin(challenge: string, where = /^\/v2\//) {
  server.misbehave = ({ url = '', headers }, response) => {
    if (url.startsWith('/token')) response.end('{"token":"token"}');
    else if (!where.test(url) || headers.authorization !== undefined) return false;
    else response.writeHead(401, { 'www-authenticate': challenge }).end();
    return true;
  };
}

it('what was learnt of registries before is not forgotten by a run that asks others', async () => {
  const before = new Map<string, Challenge>([
    ['other.test', { scheme: 'bearer', realm: 'https://auth.test/', service: 's' }],
    [server.host, { scheme: 'basic' }],
  ]);
  const registry = open({ challenges: before });
  expect(registry.challenges()).toEqual(before);
  await registry.offeredDigest(reference());
  expect(registry.challenges()).toEqual(before);
});

describe('mirrors of Docker Hub', () => {
  const hub = (name: string) => parseReference(name) ?? expect.unreachable();
  const HUB = 'https://registry-1.docker.io';
  const WANTS_TOKEN = {
    status: 401,
    headers: { 'www-authenticate': 'Bearer realm="https://auth.docker.io/token"' },
  };
  const OFFERED = { 'content-type': OCI_INDEX, 'docker-content-digest': `sha256:${'d'.repeat(64)}` };

  /** Docker Hub as a script, and mirrors; what each of them was asked. */
  function openHub(hubMirrors: readonly string[], mirror: ShortAnswer | HttpFault, login = false) {
    const said: string[] = [];
    const client = scriptedHttp(({ method, url, headers }) => {
      said.push(`${method} ${url.origin}${url.pathname} ${headers?.['authorization'] ?? '-'}`);
      if (url.href === `${HUB}/v2/`) return WANTS_TOKEN;
      if (url.origin === HUB) return { status: 200, headers: OFFERED };
      if (url.pathname === '/token') return { status: 200, body: '{"token":"mirrors"}' };
      return mirror;
    });
    const folder = tempFolder();
    const auths = login
      ? { 'https://index.docker.io/v1/': { auth: Buffer.from(LOGIN).toString('base64') } }
      : {};
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
    const log = rememberingLog();
    return {
      said,
      log,
      registry: open({ openHttp: () => client, hubMirrors, log, environment: { DOCKER_CONFIG: folder } }),
    };
  }
  const HEAD = `HEAD ${HUB}/v2/library/web/manifests/1 -`;

  it('are asked before it, and it is not asked at all', async () => {
    const digest = `sha256:${'e'.repeat(64)}`;
    const answer = { status: 200, headers: { ...OFFERED, 'docker-content-digest': digest } };
    const { said, registry } = openHub(['https://mirror.test/', 'https://other.test'], answer);
    expect(await registry.offeredDigest(hub('web:1'))).toBe(digest);
    expect(said).toEqual(['HEAD https://mirror.test/v2/library/web/manifests/1 -']);
  });

  it.each<[string, ShortAnswer | HttpFault]>([
    ['has no such image', { status: 404 }],
    ['is asked too often', { status: 429 }],
    ['answers with a page', { status: 200, headers: { 'content-type': 'text/html' } }],
    ['names no digest', { status: 200, headers: { 'content-type': OCI_INDEX } }],
    ['cannot be trusted', new HttpFault('tls', 'not trusted')],
  ])('give way to it where one %s', async (_, answer) => {
    const { said, registry } = openHub(['https://mirror.test/'], answer);
    expect(await registry.offeredDigest(hub('web:1'))).toBe(OFFERED['docker-content-digest']);
    expect(said).toEqual(['HEAD https://mirror.test/v2/library/web/manifests/1 -', HEAD]);
    expect(registry.requests()).toBe(2);
  });

  it('are sent no login of Docker Hub’s', async () => {
    const wants = { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } };
    const { said, registry } = openHub(['https://mirror.test/'], wants, true);
    await registry.offeredDigest(hub('web:1'));
    expect(said.filter(each => each.includes('//mirror.test') && !each.endsWith(' -'))).toEqual([]);
  });

  it('that would want a login keep the engine from being given one: it would pass it on', async () => {
    const wants = {
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="https://mirror.test/token"' },
    };
    const { log, registry } = openHub(['https://mirror.test/'], wants, true);
    expect(await registry.credentials(hub('web:1'))).toBeUndefined();
    expect(log.lines).toEqual([
      'warn The login for docker.io is not handed to the engine, because a mirror would get it, too.',
    ]);
    const other = openHub(['https://mirror.test/'], { status: 200 }, true);
    expect(await other.registry.credentials(hub('web:1'))).toMatchObject({ username: 'me' });
    expect(other.log.lines).toEqual([]);
  });

  it.each([
    ['without TLS', 'http://mirror.test'],
    ['with a path', 'https://mirror.test/hub'],
    ['with a login', 'https://me:pw@mirror.test'],
    ['that are no address', 'mirror'],
  ])('%s are passed by', async (_, address) => {
    const { said, registry } = openHub([address], { status: 500 });
    await registry.offeredDigest(hub('web:1'));
    expect(said).toEqual([HEAD]);
  });

  it('are for Docker Hub alone', async () => {
    const { said, registry } = openHub(['https://mirror.test/'], { status: 404 });
    await problem(registry.offeredDigest(hub('registry.test/web:1')));
    expect(said).toEqual(['HEAD https://registry.test/v2/web/manifests/1 -']);
  });

  it('on this machine are asked like any registry of it', async () => {
    const registry = open({ hubMirrors: [`http://${server.host}/`] });
    expect(await registry.offeredDigest(hub('team/app:v1'))).toBe(image.digest);
    const found = await registry.platformImage(hub('team/app:v1'), image.digest as Digest, AMD64);
    expect(found.manifest).toBe(image.digest);
  });
});

describe('credentials', () => {
  const [username, password] = LOGIN.split(':');
  const realm = () => `Bearer realm="http://${server.host}/token"`;

  it('are handed on for the engine where the registry wants them', async () => {
    const registry = open({ login: true });
    for (const challenge of ['Basic realm="x"', realm()]) {
      wantLogin(challenge);
      expect(await open({ login: true }).credentials(reference())).toEqual({ username, password });
    }
    server.forget();
    expect(await registry.credentials({ ...reference(), registry: 'other.test' })).toBeUndefined();
    expect(server.requests).toEqual([]);
  });

  it('are not where it wants none', async () => {
    const log = rememberingLog();
    expect(await open({ login: true, log }).credentials(reference())).toBeUndefined();
    expect(asked()).toEqual(['GET /v2/', 'HEAD /v2/team/app/manifests/v1']);
    expect(log.lines).toEqual([]);
  });

  it('are not where it cannot be asked, and that is said once', async () => {
    const log = rememberingLog();
    server.misbehave = (_, response) => {
      response.destroy();
      return true;
    };
    const registry = open({ login: true, log });
    for (const name of ['team/app:v1', 'team/other:v1'])
      expect(await registry.credentials(reference(name))).toBeUndefined();
    expect(log.lines.map(line => line.replaceAll(server.host, 'HOST'))).toEqual([
      expect.stringMatching(
        /^warn The login for HOST is not handed to the engine, because it cannot be seen where that would send it: HOST /,
      ),
    ]);
  });

  it('are not where they would travel in clear', async () => {
    const log = rememberingLog();
    const host = 'lan.test:5000';
    const client = scriptedHttp(({ url }) =>
      url.protocol === 'https:'
        ? new HttpFault('not-tls', 'no TLS')
        : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
    );
    const folder = tempFolder();
    const auths = { [host]: { auth: Buffer.from(LOGIN).toString('base64') } };
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
    const registry = open({
      openHttp: () => client,
      insecureRegistries: [host],
      log,
      environment: { DOCKER_CONFIG: folder },
    });
    expect(await registry.credentials({ ...reference(), registry: host })).toBeUndefined();
    expect(log.lines).toEqual([
      `warn The login for ${host} is not handed to the engine, because the registry is not asked by TLS.`,
    ]);
    expect(client.asked.filter(({ headers }) => headers?.['authorization'])).toEqual([]);
  });

  it('are not where the registry says otherwise than it did', async () => {
    const registry = open({ login: true });
    wantLogin(realm());
    await registry.offeredDigest(reference());
    wantLogin('Bearer realm="https://evil.test/token"');
    expect(await problem(registry.credentials(reference()))).toBe(
      'RegistryError untrusted: HOST had its logins checked by HOST so far, and now names evil.test.',
    );
  });

  it('are secret, as they are and as they travel', async () => {
    const secrets = openSecrets();
    await open({ login: true, secrets }).credentials(reference());
    const basic = Buffer.from(LOGIN).toString('base64');
    expect(secrets.redact(`me, hunter2, Basic ${basic}`)).toBe('me, ***, Basic ***');
  });

  it('that cannot be understood are a failure of every question', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'config.json'), '{');
    const registry = openRegistry({
      environment: { DOCKER_CONFIG: folder },
      clock: handClock(),
      insecureRegistries: [],
      challenges: new Map(),
      connectionsPerHost: 1,
      secrets: openSecrets(),
      log: silentLog(),
    });
    onTestFinished(() => registry.close());
    expect(await problem(registry.offeredDigest(reference()))).toMatch(/^RegistryError credentials/);
    expect(server.requests).toEqual([]);
  });
});
