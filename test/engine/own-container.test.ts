import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildImage } from '../support/image.ts';
import { Lab, MAIN, until } from '../support/lab.ts';
import { nodeLayer } from '../support/node-image.ts';
import { publish } from '../support/publish.ts';

let lab: Lab;
let folder: string;
beforeAll(async () => {
  lab = await Lab.open();
  await lab.clear();
  folder = mkdtempSync(join(tmpdir(), 'refreshd-inside-'));
});
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Installs the built command with the packages that it needs, where a container can see it. */
function install(): void {
  const checkout = join(dirname(MAIN), '../..');
  cpSync(join(checkout, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(checkout, 'package.json'), join(folder, 'package.json'));
  const { packages } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8'));
  for (const [path, { dev }] of Object.entries<{ dev?: boolean }>(packages))
    if (path.startsWith('node_modules/') && !dev && existsSync(join(checkout, path)))
      cpSync(join(checkout, path), join(folder, path), { recursive: true });
}

it('leaves the container alone that refreshd itself runs in', async () => {
  install();
  const node = await nodeLayer();
  const offer = (version: string) =>
    publish(
      lab.registry,
      'app',
      'latest',
      buildImage([node], { Env: ['PATH=/bin', `APP_VERSION=${version}`] }),
    );
  await offer('1');
  await lab.pull();
  writeFileSync(join(folder, 'refreshd.env'), 'REFRESHD_WATCH=all\n');
  await offer('2');
  await lab.run('updater', {
    Cmd: ['/bin/node', `${folder}/dist/cli/main.js`, 'check', '--json', '--home', folder],
    Env: [`DOCKER_HOST=unix://${lab.socket}`],
    HostConfig: {
      NetworkMode: 'host',
      Binds: [`${folder}:${folder}`, `${dirname(lab.socket)}:${dirname(lab.socket)}`],
      LogConfig: { Type: 'json-file' },
    },
  });
  await until('it has ended', async () => (await lab.inspect('updater')).State.Status === 'exited', 60_000);
  const { body } = await lab.api('GET', '/containers/updater/logs?stdout=1&stderr=1');
  expect(String(body)).toMatch(/"outcome": ?"skipped"/);
  expect(String(body)).toContain('refreshd itself runs in it');
});
