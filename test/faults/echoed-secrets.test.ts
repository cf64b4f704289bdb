import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type EngineProxy, type PassedCall, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';

const HEALTH = 'http://127.0.0.1:18080/health';
const SECRET = 'canary-3f9d2c';

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/echoes.sock');
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

it.each([
  ['unless-stopped', /^POST .*\/rename/],
  ['--rm', /^POST .*\/create\?/],
])(
  'what the engine echoes of a container with %s is not shown by the recovery either',
  async (restart, call) => {
    const through = { DOCKER_HOST: `unix://${proxy.socket}` };
    await lab.run('app', {
      Env: [`TOKEN=${SECRET}`],
      Labels: { 'refreshd.allow-rm': 'true' },
      HostConfig: {
        PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
        ...(restart === '--rm' ? { AutoRemove: true } : { RestartPolicy: { Name: restart } }),
      },
    });
    await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
    await lab.publish({ version: '2' });
    const child = lab.spawn(['run'], through);
    proxy.spoil = ({ method, path }: PassedCall) =>
      /^POST .*\/start/.test(`${method} ${path}`)
        ? { kind: 'tell', when: 'before', tell: () => child.kill('SIGKILL') }
        : undefined;
    expect((await resultOf(child)).code).toBe(null);

    proxy.spoil = ({ method, path }: PassedCall) =>
      call.test(`${method} ${path}`)
        ? { kind: 'status', status: 500, message: `not with ${SECRET}` }
        : undefined;
    const { code, stdout, stderr } = await lab.refreshd(['recover'], through);
    expect(code).toBe(3);
    expect(stdout).toContain('not with ***');
    for (const text of [stdout, stderr, lab.log()]) expect(text).not.toContain(SECRET);

    proxy.spoil = undefined;
    expect((await lab.refreshd(['recover'], through)).code).toBe(1);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
  },
);
