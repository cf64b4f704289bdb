import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EngineApi, engineApi } from '../support/engine-api.ts';
import { type EngineProcess, startEngine } from '../support/engine-process.ts';
import { type BuiltImage, buildImage, buildLayer, type Layer } from '../support/image.ts';
import { nodeLayer } from '../support/node-image.ts';
import { publish } from '../support/publish.ts';
import { type RegistryServer, startRegistry } from '../support/registry-server.ts';
import { serviceSource } from './service-source.ts';

/*
 * Shows the main job on a throwaway host: version 1 runs, version 2 is taken, version 3 is broken and refused.
 * Leaves nothing behind, and ends with another exit code than 0 if anything was not as it should be.
 */

// On an engine that was there before, the name must be nobody else's.
const NAME = process.env['SANDBOX_FOLDER'] === undefined ? `refreshd-demo-${process.pid}` : 'demo-service';
const REPOSITORY = 'demo-service';

interface Stage {
  readonly api: EngineApi;
  readonly dockerHost: string;
  readonly registry: RegistryServer;
  readonly home: string;
  /** The checkout. */
  readonly root: string;
  readonly node: Layer;
}

function say(text: string): void {
  process.stdout.write(`\n▸ ${text}\n`);
}

async function main(root: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'refreshd-demo-'));
  const sandbox = process.env['SANDBOX_FOLDER'];
  let engine: EngineProcess | undefined;
  let registry: RegistryServer | undefined;
  let stage: Stage | undefined;
  try {
    if (sandbox !== undefined) {
      say(
        'Starting a private Docker engine under .sandbox/: your own engine and containers are not touched.',
      );
      engine = await startEngine({
        folder: join(sandbox, 'engine'),
        runFolder: '/run/refreshd-sandbox/engine',
      });
    }
    const dockerHost = engine?.dockerHost ?? process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
    registry = await startRegistry();
    const home = join(folder, 'home');
    mkdirSync(home);
    stage = {
      api: engineApi(dockerHost.slice('unix://'.length)),
      dockerHost,
      registry,
      home,
      root,
      node: await nodeLayer(),
    };
    await perform(stage);
  } finally {
    if (stage !== undefined) await cleanUp(stage);
    await registry?.close();
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function perform(stage: Stage): Promise<void> {
  const reference = `${stage.registry.host}/${REPOSITORY}:latest`;
  say(`Version 1 of a small HTTP service is published to a registry on loopback, and started as ${NAME}.`);
  await release(stage, 1, 200);
  await must(stage, 'POST', `/images/create?fromImage=${reference}`, undefined, 200);
  const labels = { 'refreshd.enable': 'true', 'refreshd.health.port': '8080' };
  const host = {
    PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
    RestartPolicy: { Name: 'unless-stopped' },
  };
  await must(
    stage,
    'POST',
    `/containers/create?name=${NAME}`,
    { Image: reference, Cmd: ['/bin/node', '/service.js'], Labels: labels, HostConfig: host },
    201,
  );
  await must(stage, 'POST', `/containers/${NAME}/start`, undefined, 204);
  await expectVersion(stage, 1);

  say('Nothing new so far. A check costs one request, and changes nothing:');
  await refreshd(stage, ['check', NAME], 0);

  say(
    'Version 2 is published under the same tag. It is taken by hand; the daemon does so every Sunday at 03:00:',
  );
  await release(stage, 2, 200);
  await refreshd(stage, ['run', NAME], 0);
  await expectVersion(stage, 2);

  say('Version 3 is published. It starts, but its /health answers 500:');
  await release(stage, 3, 500);
  await refreshd(stage, ['run', NAME], 1);
  await expectVersion(stage, 2);

  say('The next run knows, and does not try that version again:');
  await refreshd(stage, ['run', NAME], 0);
  await expectVersion(stage, 2);

  say('What happened, as refreshd tells it:');
  await refreshd(stage, ['history', NAME], 0);
  say('And the log (logs/update.log, made for tail -F):');
  process.stdout.write(
    readFileSync(join(stage.home, 'logs/update.log'), 'utf8').replace(/^/gm, '  ').trimEnd(),
  );
  say('All was as it should be: version 2 taken, version 3 refused, the service up. Nothing is left behind.');
}

async function release(
  { registry, node }: Stage,
  version: number,
  healthStatus: number,
): Promise<BuiltImage> {
  const layer = await buildLayer([
    { path: 'service.js', content: serviceSource(version, healthStatus), mode: 0o644 },
  ]);
  const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
  const config = {
    Env: ['PATH=/bin'],
    ExposedPorts: { '8080/tcp': {} },
    Labels: { 'org.opencontainers.image.version': String(version) },
  };
  const image = buildImage([node, layer], config, platform);
  await publish(registry, REPOSITORY, 'latest', image);
  return image;
}

/** Runs the built command as a person would, and shows what it says. */
async function refreshd(
  { root, home, dockerHost }: Stage,
  args: readonly string[],
  expected: number,
): Promise<void> {
  process.stdout.write(`  $ refreshd ${args.join(' ')}\n`);
  const env = {
    ...process.env,
    DOCKER_HOST: dockerHost,
    REFRESHD_WATCH: 'labelled',
    REFRESHD_STABLE_FOR: '2s',
    REFRESHD_STALE_AFTER: 'off',
    REFRESHD_HEALTH_TIMEOUT: '5s',
  };
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), ...args, '--home', home], {
    stdio: 'inherit',
    env,
  });
  const code = await new Promise(resolve => child.on('close', resolve));
  if (code !== expected)
    throw new Error(`refreshd ${args.join(' ')} ended with ${code}, not with ${expected}`);
}

async function expectVersion({ api }: Stage, version: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { body } = await api('GET', `/containers/${NAME}/json`);
    const [binding] = body.NetworkSettings?.Ports?.['8080/tcp'] ?? [];
    const answer = binding === undefined ? '' : await textOf(`http://127.0.0.1:${binding.HostPort}/health`);
    if (answer === `version ${version}\n`) {
      process.stdout.write(`  GET http://127.0.0.1:${binding.HostPort}/health → ${answer}`);
      return;
    }
    await sleep(100);
  }
  throw new Error(`the service does not answer with version ${version}`);
}

async function textOf(url: string): Promise<string> {
  try {
    return await (await fetch(url)).text();
  } catch {
    return '';
  }
}

async function must(
  { api }: Stage,
  method: string,
  path: string,
  body: object | undefined,
  expected: number,
): Promise<void> {
  const answer = await api(method, path, body);
  const failed = answer.status !== expected || JSON.stringify(answer.body).includes('errorDetail');
  if (failed)
    throw new Error(`${method} ${path}: HTTP ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`);
}

/** On a private engine all of this vanishes anyway; on one that was there before, it must not stay. */
async function cleanUp({ api, registry }: Stage): Promise<void> {
  const { body: containers } = await api('GET', '/containers/json?all=1');
  for (const { Id, Names } of containers) {
    if (Names.some((name: string) => name.startsWith(`/${NAME}`)))
      await api('DELETE', `/containers/${Id}?force=1&v=1`);
  }
  const { body: images } = await api('GET', '/images/json');
  for (const { Id, RepoTags, RepoDigests } of images) {
    const names = [...(RepoTags ?? []), ...(RepoDigests ?? [])];
    if (names.some((name: string) => name.startsWith(`${registry.host}/`)))
      await api('DELETE', `/images/${Id}?force=1`);
  }
}

main(process.argv[2] ?? process.cwd()).catch(error => {
  process.stderr.write(
    `\nThe demo did not go as it should: ${error instanceof Error ? error.message : error}\n`,
  );
  process.exitCode = 1;
});
