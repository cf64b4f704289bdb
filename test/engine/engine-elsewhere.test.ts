import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDockerEngine } from '../../src/engine/docker-engine.ts';
import { readDockerHost } from '../../src/engine/docker-host.ts';
import { type Certificate, makeCertificate } from '../support/certificate.ts';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, Lab, until } from '../support/lab.ts';
import { ALIAS, type SshServer, startSshServer } from '../support/ssh-server.ts';
import { createStill, offerStill } from '../support/still-containers.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openTlsDoor, type TlsDoor } from '../support/tls-door.ts';

const HEALTH = 'http://127.0.0.1:18080/health';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app', {
    HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] } },
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  await lab.publish({ version: '2' });
});
afterAll(() => lab.close());

describe('by ssh', () => {
  let proxy: EngineProxy;
  let server: SshServer;
  beforeAll(async () => {
    proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/ssh-proxy.sock');
    server = await startSshServer();
  });
  beforeEach(() => {
    proxy.spoil = undefined;
    server.know('right');
    server.letIn(true);
  });
  afterAll(async () => {
    await server.close();
    await proxy.close();
  });
  const refreshd = (...args: string[]) =>
    lab.refreshd(args, { DOCKER_HOST: `ssh://root@127.0.0.1:${server.port}${proxy.socket}` });

  it('updates as it does by a socket, and leaves no ssh behind', async () => {
    const run = await refreshd('run');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^app\tupdated\t/);
    expect(await answerOf(HEALTH)).toBe('200 /health 2');
    expect((await refreshd('check')).code).toBe(0);
    await until('no ssh is left', () => server.left() === 0);
  });

  it('logs in for many images no more often than for a few', async () => {
    await lab.clear();
    const references = Array.from({ length: 12 }, (_, index) => lab.reference(`still-${index}`));
    await offerStill(lab, references);
    const names = references.map((reference, index) => ({ name: `still-${index}`, reference }));
    await createStill(lab, names);
    const before = server.logins();
    expect((await refreshd('check')).stdout.match(/\tcurrent\t/g)).toHaveLength(12);
    // Two for the engine's own words, one for the list, and four that look at images at a time.
    expect(server.logins() - before).toBeLessThanOrEqual(7);
    await until('no ssh is left', () => server.left() === 0);
  });

  it('looks anew where the engine has ended the connection meanwhile', async () => {
    const address = `ssh://root@127.0.0.1:${server.port}${proxy.socket}`;
    const engine = await openDockerEngine(readDockerHost({ DOCKER_HOST: address }));
    const ids = await engine.lookAtMany(async ({ inspectContainer }) => {
      const first = await inspectContainer('app');
      proxy.closeIdle();
      await until('its ssh has ended', () => server.left() === 0);
      return [first?.Id, (await inspectContainer('app'))?.Id];
    });
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(ids[1]).toBe(ids[0]);
  });

  it('goes where its settings lead, to ask for /health as well, and takes no notice of what is for TCP', async () => {
    await lab.run('hidden', {
      Labels: { 'refreshd.health.path': '/health', 'refreshd.health.port': '8080' },
      HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '0.0.0.0', HostPort: '18081' }] } },
    });
    const run = await lab.refreshd(['run', 'hidden'], {
      DOCKER_HOST: `ssh://${ALIAS}${proxy.socket}`,
      ...{ DOCKER_CERT_PATH: '/nowhere', DOCKER_CLIENT_TIMEOUT: '1' },
    });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^hidden\tupdated\t/);
  });

  it.each([
    ['whose key it does not know', () => server.know('not'), /Host key verification failed/],
    ['that has another key than it knows', () => server.know('wrong'), /Host key verification failed/],
    ['that does not let it in', () => server.letIn(false), /Permission denied/],
  ])('has nothing to do with a server %s', async (_, begin, complaint) => {
    begin();
    const run = await refreshd('run');
    expect(run.code).toBe(4);
    expect(run.stderr).toMatch(complaint);
    expect(run.stderr).not.toMatch(/root@/);
    expect(run.stderr).toMatch(
      /^refreshd: The Docker engine at ssh:\/\/127\.0\.0\.1 cannot be reached: .*Try it .*\n$/,
    );
    expect([await answerOf(HEALTH), await lab.names()]).toEqual(['200 /health 1', ['app']]);
  });

  it.each([
    ['before', 'rolled-back', '1'],
    ['after', 'updated', '2'],
  ] as const)(
    'gets over a connection that breaks %s the engine acted: %s',
    async (when, outcome, version) => {
      let left = 3;
      proxy.spoil = ({ path }) =>
        /\/(stop|rename|start)\b/.test(path) && left-- > 0
          ? { kind: 'tell', when, tell: server.breakOff }
          : undefined;
      const run = await refreshd('run');
      expect(left).toBeLessThan(1);
      expect(run.stdout.split('\t').slice(0, 2)).toEqual(['app', outcome]);
      expect(await answerOf(HEALTH)).toBe(`200 /health ${version}`);
      expect(await lab.names()).toEqual(['app']);
    },
  );
});

describe('by TCP and TLS', () => {
  const own = makeCertificate();
  const client = makeCertificate();
  let door: TlsDoor;
  beforeAll(async () => {
    door = await openTlsDoor(lab.socket, own, client);
  });
  afterAll(() => door.close());

  const refreshd = (command: string, { ca, identity }: { ca: Certificate; identity?: Certificate }) => {
    const folder = join(tempFolder(), 'certificates');
    mkdirSync(folder);
    writeFileSync(join(folder, 'ca.pem'), ca.cert);
    writeFileSync(join(folder, 'cert.pem'), identity?.cert ?? '');
    writeFileSync(join(folder, 'key.pem'), identity?.key ?? '', { mode: 0o600 });
    if (identity === undefined) rmSync(join(folder, 'key.pem'));
    return lab.refreshd([command], {
      DOCKER_HOST: `tcp://127.0.0.1:${door.port}`,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: folder,
    });
  };

  it('updates as it does by a socket', async () => {
    const run = await refreshd('run', { ca: own, identity: client });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/^app\tupdated\t/);
    expect(await answerOf(HEALTH)).toBe('200 /health 2');
  });

  it.each([
    [
      'an engine that its authority does not vouch for',
      { ca: makeCertificate(), identity: client },
      /SELF_SIGNED/,
    ],
    [
      'an engine that does not take its certificate',
      { ca: own, identity: makeCertificate() },
      /ERR_SSL|EPROTO|ECONNRESET/,
    ],
    ['a certificate without a key', { ca: own }, /holds one of cert\.pem and key\.pem/],
  ])('has nothing to do with %s', async (_, given, complaint) => {
    const run = await refreshd('run', given);
    expect(run.stderr).toMatch(complaint);
    expect(run.stderr).not.toMatch(/root@/);
    expect(run.code).toBe(4);
    expect(run.stderr).toMatch(/^refreshd: .*DOCKER_CERT_PATH.*\n$/);
    expect([await answerOf(HEALTH), await lab.names()]).toEqual(['200 /health 1', ['app']]);
  });
});
