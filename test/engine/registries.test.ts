import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { openSecrets } from '../../src/base/secrets.ts';
import type { Digest } from '../../src/image/digest.ts';
import { parseReference } from '../../src/image/reference.ts';
import type { Challenge } from '../../src/registry/challenge.ts';
import { openRegistry } from '../../src/registry/registry-client.ts';
import { makeCertificate } from '../support/certificate.ts';
import { type DebianRegistry, startDebianRegistry } from '../support/debian-registry.ts';
import { type BuiltImage, buildImage, buildLayer } from '../support/image.ts';
import { Lab } from '../support/lab.ts';
import { publish, publishIndex } from '../support/publish.ts';
import { buildService } from '../support/service-image.ts';
import { silentLog } from '../support/silent-log.ts';
import { startTokenService, type TokenService, type TokenServiceOptions } from '../support/token-service.ts';

const PASSWORD = 'canary-hunter2';
const LOGIN = `me:${PASSWORD}`;
/** Its bcrypt hash, the only kind that docker-registry takes. */
const HTPASSWD = 'me:$2b$04$hHsJFZ6WpeoygG36FCwyref4HIak.2yMoslrc98uF2yRouUVoD08e\n';
const REFRESH = 'canary-refresh-token';
const AMD64 = { os: 'linux', architecture: 'amd64' };

let lab: Lab;
let folder: string;
/** Takes pushes, and keeps them where all the others find them. */
let open: DebianRegistry;
let image: BuiltImage;
let index: string;
const running: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  lab = await Lab.open();
  folder = mkdtempSync(join(tmpdir(), 'refreshd-registries-'));
  open = await startDebianRegistry({ folder });
  const layer = await buildLayer([{ path: 'hello', content: 'hello' }]);
  image = buildImage([layer], { Cmd: ['/hello'] });
  const arm = buildImage([layer], { Cmd: ['/hello'] }, { os: 'linux', architecture: 'arm', variant: 'v7' });
  for (const repository of ['team/app', 'private/app', 'private/other'])
    await publish(open, repository, 'v1', image);
  index = await publishIndex(open, 'team/app', 'multi', [arm, image]);
});
beforeEach(() => lab.clear());
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});
afterAll(async () => {
  await open.stop();
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Omit<Parameters<typeof startDebianRegistry>[0], 'folder'>) {
  const registry = await startDebianRegistry({ folder, ...options });
  running.push(registry);
  return registry;
}

async function startTokens(options: Omit<TokenServiceOptions, 'folder'> = {}): Promise<TokenService> {
  const service = await startTokenService({ folder, ...options });
  running.push({ stop: service.close });
  return service;
}

/** A folder as DOCKER_CONFIG names it. */
function dockerConfig(auths: Record<string, object> = {}): string {
  const path = mkdtempSync(join(folder, 'docker-'));
  writeFileSync(join(path, 'config.json'), JSON.stringify({ auths }));
  return path;
}

const loginFor = (host: string, login = LOGIN) => ({
  [host]: { auth: Buffer.from(login).toString('base64') },
});

function client(config: string, challenges: ReadonlyMap<string, Challenge> = new Map(), log = silentLog()) {
  const registry = openRegistry({
    environment: { DOCKER_CONFIG: config, XDG_CONFIG_HOME: config, PATH: process.env['PATH'] },
    clock: systemClock,
    insecureRegistries: [],
    challenges,
    connectionsPerHost: 4,
    secrets: openSecrets(),
    log,
  });
  running.push({ stop: () => registry.close() });
  return registry;
}

const reference = (host: string, name = 'team/app:v1') =>
  parseReference(`${host}/${name}`) ?? expect.unreachable();
const problem = (asked: Promise<unknown>) =>
  asked.then(
    () => 'none',
    error => `${error.code}: ${error.message.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')}`,
  );
const asked = (registry: DebianRegistry) =>
  registry.accessLog().map(({ method, path, status }) => `${method} ${path} ${status}`);

/** What every registry answers alike, once it lets us in. */
async function expectAnswers(registry: ReturnType<typeof client>, host: string): Promise<void> {
  expect(await registry.offeredDigest(reference(host))).toBe(image.digest);
  expect(await registry.offeredDigest(reference(host, 'team/app:multi'))).toBe(index);
  expect(await registry.has(reference(host), index as Digest)).toBe(true);
  expect(await registry.has(reference(host), `sha256:${'0'.repeat(64)}` as Digest)).toBe(false);
  const found = await registry.platformImage(reference(host, 'team/app:multi'), index as Digest, AMD64);
  expect(found).toMatchObject({ manifest: image.digest, config: image.id });
  expect(await problem(registry.offeredDigest(reference(host, 'team/app:none')))).toBe(
    'not-found: HOST has no HOST/team/app:none (HTTP 404).',
  );
}

describe('Debian’s docker-registry', () => {
  it('open to all, is asked without a detour', async () => {
    open.forget();
    await expectAnswers(client(dockerConfig()), open.host);
    expect(asked(open).slice(0, 2)).toEqual([
      'HEAD /v2/team/app/manifests/v1 200',
      'HEAD /v2/team/app/manifests/multi 200',
    ]);
    expect(open.accessLog()).toHaveLength(7);
  });

  it('with htpasswd, is given the login, and a wrong one once', async () => {
    const path = join(folder, 'htpasswd');
    writeFileSync(path, HTPASSWD);
    const registry = await start({ auth: { htpasswd: { realm: 'test', path } } });
    const knowing = client(dockerConfig(loginFor(registry.host)));
    await expectAnswers(knowing, registry.host);
    expect(asked(registry).filter(each => each.endsWith('401'))).toEqual(['GET /v2/ 401']);
    expect(await knowing.credentials(reference(registry.host))).toEqual({
      username: 'me',
      password: PASSWORD,
    });
    registry.forget();
    for (const config of [{}, loginFor(registry.host, 'me:wrong')]) {
      expect(await problem(client(dockerConfig(config)).offeredDigest(reference(registry.host)))).toMatch(
        /^denied: HOST refuses access to HOST\/team\/app:v1 \(HTTP 401/,
      );
    }
    expect(asked(registry)).toEqual([
      'HEAD /v2/team/app/manifests/v1 401',
      'GET /v2/ 401',
      'HEAD /v2/team/app/manifests/v1 401',
    ]);
  });

  it('with a token service, is given one token for each repository', async () => {
    const tokens = await startTokens({ logins: [LOGIN], refreshTokens: [REFRESH] });
    const registry = await start({ auth: tokens.auth });
    await expectAnswers(client(dockerConfig()), registry.host);
    expect(tokens.questions).toEqual([
      { method: 'GET', scope: 'repository:team/app:pull', login: undefined, status: 200 },
    ]);
    tokens.questions.splice(0);

    const ways = [
      [loginFor(registry.host), 'GET', LOGIN],
      [{ [registry.host]: { identitytoken: REFRESH } }, 'POST', REFRESH],
    ] as const;
    for (const [auths, method, login] of ways) {
      const knowing = client(dockerConfig(auths));
      for (const name of ['private/app:v1', 'private/other:v1', 'private/app:v1'])
        expect(await knowing.offeredDigest(reference(registry.host, name))).toBe(image.digest);
      expect(tokens.questions.splice(0)).toEqual(
        ['app', 'other'].map(name => ({
          method,
          scope: `repository:private/${name}:pull`,
          login,
          status: 200,
        })),
      );
    }
    const stranger = client(dockerConfig(loginFor(registry.host, 'me:wrong')));
    for (let time = 0; time < 3; time++)
      expect(await problem(stranger.offeredDigest(reference(registry.host, 'private/app:v1')))).toBe(
        'denied: HOST refuses a token for HOST (HTTP 401).',
      );
    expect(tokens.questions).toHaveLength(1);
  });

  it('that names another token service than before is sent nothing', async () => {
    const [first, second] = [await startTokens(), await startTokens()];
    const registry = await start({ auth: first.auth });
    const before = client(dockerConfig());
    await before.offeredDigest(reference(registry.host));
    const moved = await start({ auth: second.auth });
    const known = before.challenges().get(registry.host) ?? expect.unreachable();
    const config = dockerConfig(loginFor(moved.host));
    const after = client(config, new Map([[moved.host, known]]));
    expect(await problem(after.offeredDigest(reference(moved.host, 'private/app:v1')))).not.toBe('none');
    expect(await problem(after.credentials(reference(moved.host, 'private/app:v1')))).toBe(
      'untrusted: HOST had its logins checked by HOST so far, and now names HOST.',
    );
    expect(second.questions).toEqual([]);
  });
});

describe('TLS', () => {
  const server = makeCertificate();
  const us = makeCertificate();

  /** What Docker would keep for that host. */
  function certsD(host: string, files: Record<string, string>): string {
    const config = dockerConfig();
    const path = join(config, 'certs.d', host);
    mkdirSync(path, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return config;
  }

  it('with a private authority is trusted by Docker’s certs.d alone', async () => {
    const registry = await start({ tls: server });
    await expectAnswers(client(certsD(registry.host, { 'ca.crt': server.cert })), registry.host);
    for (const config of [dockerConfig(), certsD(registry.host, { 'ca.crt': us.cert })])
      expect(await problem(client(config).offeredDigest(reference(registry.host)))).toMatch(
        /^unreachable: The TLS certificate of HOST is not to be trusted \(/,
      );
  });

  it('with a client certificate lets us in', async () => {
    const registry = await start({ tls: { ...server, clientAuthority: us.cert } });
    const ours = { 'ca.crt': server.cert, 'client.cert': us.cert, 'client.key': us.key };
    await expectAnswers(client(certsD(registry.host, ours)), registry.host);
    const without = client(certsD(registry.host, { 'ca.crt': server.cert }));
    expect(await problem(without.offeredDigest(reference(registry.host)))).toMatch(/^unreachable: /);
  });

  it('that only the engine trusts is left to the engine, which says what is new and fetches it', async () => {
    const registry = await start({ tls: server });
    const name = `${registry.host}/team/service:latest`;
    await publish(open, 'team/service', 'latest', await buildService({ version: '1' }));
    await lab.pull(name);
    await lab.run('service', { Image: name });
    const next = await buildService({ version: '2' });
    await publish(open, 'team/service', 'latest', next);
    registry.forget();

    const checked = await lab.refreshd(['check']);
    expect([checked.code, checked.stdout]).toEqual([10, expect.stringMatching(/^service\t/m)]);
    const agents = new Set(registry.accessLog().map(({ agent }) => agent.split('/')[0]));
    expect([...agents], 'nobody else was let in').toEqual(['docker']);

    expect((await lab.refreshd(['run'])).stdout).toMatch(/^service\tupdated\t/m);
    expect((await lab.inspect('service')).Image).toBe(await lab.imageId(name));
    expect(lab.log()).toMatch(/127\.0\.0\.1:\d+ is asked through the engine: The TLS certificate of 127/);
    expect((await lab.refreshd(['check'])).stdout).toMatch(/^service\tcurrent\t/m);
  });
});

describe('a registry that names a token service of somebody else’s', () => {
  /** Somebody else's token service, and what it was shown. */
  async function thief() {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401).end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return { seen, realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token` };
  }

  /** Wants tokens of the service at that realm; our own gives some to everybody. */
  const wantTokens = (realm: string) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.startsWith('/token')) response.end(JSON.stringify({ token: 'good-token' }));
    else if (request.headers.authorization === 'Bearer good-token') return false;
    else response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s"` }).end();
    return true;
  };

  it('gets no login, neither from us nor by way of the engine, which would send it', async () => {
    const evil = await thief();
    await lab.publish({ version: '1' });
    await lab.pull();
    await lab.run('app');
    const environment = { DOCKER_CONFIG: dockerConfig(loginFor(lab.registry.host)) };
    lab.registry.misbehave = wantTokens(`http://${lab.registry.host}/token`);
    expect((await lab.refreshd(['run'], environment)).stdout).toMatch(/^app\tcurrent\t/m);

    lab.registry.misbehave = undefined;
    await lab.publish({ version: '2' });
    lab.registry.misbehave = wantTokens(evil.realm);
    const before = await lab.inspect('app');
    const run = await lab.refreshd(['run'], environment);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^app\tfailed\t.*had its logins checked by 127.* so far, and now names 127/m);
    expect(run.stdout).toContain('state/registries.json');
    expect((await lab.inspect('app')).Id).toBe(before.Id);
    expect(evil.seen).toEqual([]);

    // Which is not for want of trying: the engine sends it wherever it is told to.
    const auth = Buffer.from(JSON.stringify({ username: 'me', password: PASSWORD })).toString('base64');
    await lab.api('POST', `/images/create?fromImage=${encodeURIComponent(lab.reference())}`, undefined, {
      'x-registry-auth': auth,
    });
    expect(evil.seen).toContain(`Basic ${Buffer.from(LOGIN).toString('base64')}`);
  });
});

it('a tag that no longer has our platform is refused before anything stops, whether in an index or alone', async () => {
  const layer = await buildLayer([{ path: 'hello', content: 'arm' }]);
  const arm = buildImage([layer], { Cmd: ['/hello'] }, { os: 'linux', architecture: 'arm64' });
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app');
  const before = await lab.inspect('app');
  const untouched = async () => {
    const now = await lab.inspect('app');
    expect([now.Id, now.State.StartedAt]).toEqual([before.Id, before.State.StartedAt]);
    expect(await lab.names()).toEqual(['app']);
  };
  await publishIndex(lab.registry, 'app', 'latest', [arm]);
  const listed = await lab.refreshd(['run']);
  expect(listed.stdout).toMatch(/^app\tunresolved\t.*is offered, but not for linux\/amd64/m);
  await untouched();
  await publish(lab.registry, 'app', 'latest', arm);
  const alone = await lab.refreshd(['run']);
  expect(alone.stdout).toMatch(/^app\tfailed\t.*/m);
  // Engines with containerd's image store do not even fetch it.
  expect(lab.log()).toMatch(
    /the new image is for linux\/arm64, and the old one was not|no match(ing manifest)? for/,
  );
  await untouched();
});

it('100 containers from 40 references cost one HEAD each reference, and one token each repository', async () => {
  const tokens = await startTokens();
  const registry = await start({ auth: tokens.auth });
  const repositories = Array.from({ length: 40 }, (_, number) => `many/app-${number}`);
  for (const repository of repositories) await publish(open, repository, 'latest', image);
  const nameOf = (repository: string | undefined) => `${registry.host}/${repository}:latest`;
  await pLimit(4).map(repositories, repository => lab.pull(nameOf(repository)));
  await pLimit(4).map(
    Array.from({ length: 100 }, (_, number) => number),
    number => lab.run(`c-${number}`, { Image: nameOf(repositories[number % 40]) }, false),
  );

  for (const refused of [1, 0]) {
    registry.forget();
    tokens.questions.splice(0);
    const check = await lab.refreshd(['check']);
    expect(check.code).toBe(0);
    expect(check.stdout.match(/\tcurrent\t/g)).toHaveLength(100);
    const heads = registry.accessLog().filter(({ status }) => status === 200);
    expect(heads.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(
      repositories.map(repository => `HEAD /v2/${repository}/manifests/latest`).toSorted(),
    );
    expect(tokens.questions.map(({ scope }) => scope).toSorted()).toEqual(
      repositories.map(repository => `repository:${repository}:pull`).toSorted(),
    );
    // The first of all questions learns for the others, and for every later run.
    expect(registry.accessLog().length - heads.length).toBe(refused);
  }
  process.stdout.write(
    '100 containers from 40 references: 40 HEADs and 40 tokens (one a repository), by the registry’s own access log.\n',
  );
});
