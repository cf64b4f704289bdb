import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificate.ts';
import { type DebianRegistry, startDebianRegistry } from '../support/debian-registry.ts';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { Lab } from '../support/lab.ts';
import { publish } from '../support/publish.ts';
import { buildService } from '../support/service-image.ts';

// What lscr.io and registry.k8s.io are: a name of their own, and somebody else's registry behind it.

const BRIDGE = 'trusting0';
const ip = (...args: string[]) => execFileSync('ip', args);
const PASSWORD = 'canary-hunter2';

let folder: string;
let engine: EngineProcess;
let lab: Lab;
/** Where the images are, by TLS; and the same for pushes, without. */
let behind: DebianRegistry;
let pushes: DebianRegistry;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'refreshd-redirects-'));
  const tls = makeCertificate();
  writeFileSync(join(folder, 'ca.pem'), tls.cert);
  const data = join(folder, 'registry');
  behind = await startDebianRegistry({ folder: data, tls });
  pushes = await startDebianRegistry({ folder: data });
  // One without a bridge would remove docker0, which is the first engine's.
  ip('link', 'add', BRIDGE, 'type', 'bridge');
  ip('address', 'add', '10.211.0.1/24', 'dev', BRIDGE);
  // It trusts that certificate as it trusts those of the world, and leaves the first engine's networks alone.
  engine = await startEngine({
    folder: join(folder, 'engine'),
    runFolder: '/run/refreshd-sandbox/trusting',
    program: ['env', `SSL_CERT_FILE=${join(folder, 'ca.pem')}`, 'dockerd'],
    flags: [`--bridge=${BRIDGE}`, '--iptables=false', '--storage-driver=vfs'],
  });
  lab = await Lab.open(engine.socket);
  const auth = Buffer.from(`me:${PASSWORD}`).toString('base64');
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ auths: { [lab.registry.host]: { auth }, [behind.host]: { auth } } }),
  );
  environment = { DOCKER_CONFIG: folder };
});
afterAll(async () => {
  await lab.close();
  await engine.stop();
  ip('link', 'delete', BRIDGE);
  await behind.stop();
  await pushes.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('is followed by the engine, to where it leaves its images, and no login goes along', async () => {
  const told: (string | undefined)[] = [];
  lab.registry.misbehave = ({ url = '', headers }, response) => {
    if (!/\/(manifests|blobs)\//.test(url)) return false;
    told.push(headers.authorization);
    response.writeHead(307, { location: `https://${behind.host}${url}` }).end();
    return true;
  };
  await publish(pushes, 'app', 'latest', await buildService({ version: '1' }));
  await lab.pull();
  await lab.run('app', { HostConfig: { NetworkMode: 'none' } });
  const next = await buildService({ version: '2' });
  await publish(pushes, 'app', 'latest', next);

  const checked = await lab.refreshd(['check'], environment);
  expect([checked.code, checked.stdout]).toEqual([10, expect.stringMatching(/^app\toutdated\t/m)]);
  const run = await lab.refreshd(['run'], environment);
  expect(run.stdout).toMatch(/^app\tupdated\t/m);
  expect((await lab.inspect('app')).Image).toBe(next.id);
  expect(lab.log()).toMatch(
    /127\.0\.0\.1:\d+ is asked through the engine: 127\.0\.0\.1:\d+ leaves 127\.0\.0\.1:\d+\/app:latest to 127\.0\.0\.1:\d+ \(HTTP 307\)/,
  );
  expect(told.length).toBeGreaterThan(0);
  expect(told.filter(each => each !== undefined)).toEqual([]);
  expect((await lab.refreshd(['check'], environment)).stdout).toMatch(/^app\tcurrent\t/m);
});

it('is not followed where the engine does not trust the place, and says so', async () => {
  lab.registry.misbehave = ({ url = '' }, response) => {
    if (!url.includes('/manifests/')) return false;
    response.writeHead(307, { location: `https://127.0.0.2:9/v2/app/manifests/latest` }).end();
    return true;
  };
  const { code, stdout } = await lab.refreshd(['run'], environment);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^app\tunresolved\t.*leaves \S+ to 127\.0\.0\.2:9 \(HTTP 307\)/m);
  expect(stdout).toContain('has moved, run the container with the name that it has now');
});
