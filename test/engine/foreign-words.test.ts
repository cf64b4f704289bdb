import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';
import { everyNth, IS_LONG } from '../support/long-run.ts';
import type { Misbehaviour } from '../support/registry-server.ts';

/*
 * Words of others, as bad as they can be, on the way to a log, a terminal and a program: none of them steers a
 * terminal, begins a line of its own, or goes on for ever.
 */

const HEALTH = 'http://127.0.0.1:18080/health';
const ESC = '\u001b';
/** A title, a screen cleared, a line forged, text turned around, a separator, C1, and what cannot be seen. */
const EVIL = `${ESC}]0;owned\u0007${ESC}[2J${ESC}[1A\r\n2026-01-01 00:00:00 +00:00 info  forged\n\u202egnp.exe\u2028\u0085\u009b31m\u200b\u{e0041}end`;

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/words-proxy.sock');
});
beforeEach(async () => {
  proxy.spoil = undefined;
  await lab.clear();
  await lab.publish({ version: '1', config: { Labels: { 'org.opencontainers.image.version': EVIL } } });
  await lab.pull();
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

async function runApp(body: Record<string, unknown> = {}): Promise<void> {
  await lab.run('app', {
    StopTimeout: 1,
    HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] } },
    ...body,
  });
  await until('it answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
}

/** Runs commands, of which each second one logs JSON, and looks at each byte that comes out. @returns what was said */
async function expectTame(...commands: readonly (readonly string[])[]): Promise<string> {
  let said = '';
  for (const [place, args] of commands.entries()) {
    for (const REFRESHD_LOG_FORMAT of IS_LONG ? ['text', 'json'] : [place % 2 === 0 ? 'text' : 'json']) {
      const { stdout, stderr } = await resultOf(
        lab.spawn(args, {
          DOCKER_HOST: `unix://${proxy.socket}`,
          REFRESHD_LOG_FORMAT,
          REFRESHD_LOG_LEVEL: 'debug',
        }),
      );
      said += stdout + stderr;
    }
  }
  const files = ['logs/update.log', 'state/history.jsonl'].map(name => {
    try {
      return readFileSync(join(lab.home, name), 'utf8');
    } catch {
      return '';
    }
  });
  for (const text of [said, ...files]) {
    expect(text.match(/[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu)).toBe(null);
    expect(text).not.toMatch(/^2026-01-01/m);
    for (const line of text.split('\n')) expect(line.length).toBeLessThan(4000);
  }
  return said;
}

const LOOKING = everyNth(2, [
  ['check', '--plan'],
  ['check', '--json'],
  ['status'],
  ['status', '--json'],
  ['run', '--scheduled'],
]);

it('labels, of the image and of the user', async () => {
  await runApp({ Labels: { 'refreshd.stable-for': EVIL, 'refreshd.health.path': EVIL } });
  expect(await expectTame(...LOOKING)).toContain('label refreshd.stable-for must be a duration');
});

it('errors of the engine', async () => {
  await runApp();
  proxy.spoil = ({ path }) =>
    path.startsWith('/info') ? undefined : { kind: 'status', when: 'before', status: 500, message: EVIL };
  expect(await expectTame(...LOOKING)).toContain('end (HTTP 500)');
});

it.each<[string, Misbehaviour]>([
  [
    'in its errors',
    (_, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ errors: [{ code: EVIL, message: EVIL.repeat(100_000) }] }));
      return true;
    },
  ],
  [
    'in its headers',
    (_, response) => {
      const header = Buffer.from(EVIL.replace(/[\r\n]/g, ' '))
        .toString('latin1')
        .replace(/[\u0000-\u001f\u007f]/g, '\u009b');
      response
        .writeHead(200, {
          'content-type': header,
          'docker-content-digest': header,
          'www-authenticate': header,
        })
        .end();
      return true;
    },
  ],
  [
    'in ten megabytes',
    (_, response) => {
      response.writeHead(500).end(Buffer.alloc(10e6, EVIL));
      return true;
    },
  ],
])('a registry, %s', async (_, misbehaviour) => {
  await runApp();
  lab.registry.misbehave = misbehaviour;
  expect(await expectTame(...LOOKING)).toContain('unresolved');
});

it('a registry that the engine asks for a pull', async () => {
  await runApp();
  await lab.publish({ version: '2' });
  lab.registry.misbehave = (request, response) => {
    if (!request.url?.includes('/blobs/')) return false;
    response.writeHead(403, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code: 'DENIED', message: `${EVIL} told` }] }));
    return true;
  };
  await expectTame(['run'], ['history']);
});

it('/health and a check of the container', async () => {
  await runApp({
    Healthcheck: {
      Test: ['CMD-SHELL', '[ "$CHECK" != bad ] || { cat /version; exit 1; }'],
      Interval: 300e6,
      Retries: 1,
    },
  });
  // Not in its environment, where it would pass for a secret.
  const told = { version: `${EVIL} 2`, config: { Env: ['PATH=/bin'] } };
  await lab.publish({ ...told, behaviour: '500' });
  expect(await expectTame(['run', '--json'], ['history'], ['status'])).toMatch(
    /HTTP 500: .*forged +gnp\.exe/,
  );
  await lab.publish({ ...told, config: { Env: ['PATH=/bin', 'CHECK=bad'] } });
  expect(await expectTame(['run'], ['history'])).toMatch(/HEALTHCHECK says unhealthy: .*forged +gnp\.exe/);
});

it('an engine that repeats what it was given', async () => {
  await runApp({ Cmd: ['/bin/start', EVIL] });
  await lab.publish({ version: '2' });
  proxy.spoil = ({ path }) =>
    path.startsWith('/containers/create') ? { kind: 'echo', status: 500 } : undefined;
  expect(await expectTame(['run'], ['run', '--json'], ['history'])).toContain('could not create container');
});
