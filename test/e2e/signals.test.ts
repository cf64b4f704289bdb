import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { answerOf, Lab, resultOf, until } from '../support/lab.ts';

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, '/run/refreshd-sandbox/signal-proxy.sock');
});
beforeEach(async () => {
  await lab.clear();
  await lab.publish({ version: '1' });
  await lab.pull();
  for (const [name, port] of Object.entries(PORTS)) {
    await lab.run(name, {
      HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
    });
  }
  await lab.publish({ version: '2' });
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

const PORTS = { first: 18081, second: 18082 };
const versions = async () =>
  Promise.all(Object.values(PORTS).map(port => answerOf(`http://127.0.0.1:${port}/health`)));

/** Runs with a signal sent when a certain call comes by, which is let through. */
async function signalledAt(pattern: RegExp, signals: readonly NodeJS.Signals[]) {
  const child = lab.spawn(['run'], { DOCKER_HOST: `unix://${proxy.socket}` });
  let isSent = false;
  proxy.spoil = call => {
    if (!isSent && pattern.test(`${call.method} ${call.path}`)) {
      isSent = true;
      for (const signal of signals) child.kill(signal);
    }
    return undefined;
  };
  const result = await resultOf(child);
  expect(isSent).toBe(true);
  return result;
}

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', signal => {
  it('before the switch: leaves, with nothing changed', async () => {
    const { code } = await signalledAt(/POST \/containers\/create/, [signal]);
    expect(code).toBe(1);
    expect(await versions()).toEqual(['200 /health 1', '200 /health 1']);
    expect(await lab.names()).toEqual(['first', 'second']);
    expect(lab.log()).toMatch(
      /error first: Not updated: interrupted before anything was stopped\. It stays on/,
    );
    expect(lab.log()).toMatch(/Told to leave before it was through\.\n$/);
  });

  it('between switch and commit: finishes that rollout, and starts no further one', async () => {
    const { code } = await signalledAt(/POST \/containers\/\w+\/stop/, [signal]);
    expect(code).toBe(0);
    expect(await versions()).toEqual(['200 /health 2', '200 /health 1']);
    expect(await lab.names()).toEqual(['first', 'second']);
  });
});

it('a second signal forces, and the journal makes that safe', async () => {
  const child = lab.spawn(['run'], { DOCKER_HOST: `unix://${proxy.socket}`, REFRESHD_STABLE_FOR: '1m' });
  proxy.spoil = call => {
    if (/POST .+\/start/.test(`${call.method} ${call.path}`)) {
      setTimeout(() => child.kill('SIGTERM'), 300);
      setTimeout(() => child.kill('SIGTERM'), 600);
    }
    return undefined;
  };
  const { code } = await resultOf(child);
  expect(code).toBe(130);
  proxy.spoil = undefined;
  expect((await lab.refreshd(['recover'])).code).toBe(1);
  await until('the old one answers', async () => (await versions())[0] === '200 /health 1');
  expect(await lab.names()).toEqual(['first', 'second']);
});

it('a second run says who is at work, and leaves', async () => {
  const child = lab.spawn(['run'], { DOCKER_HOST: `unix://${proxy.socket}` });
  const other = new Promise<Awaited<ReturnType<Lab['refreshd']>>>(resolve => {
    proxy.spoil = call => {
      if (/POST \/images\/create/.test(`${call.method} ${call.path}`)) {
        proxy.spoil = undefined;
        void lab.refreshd(['run']).then(resolve);
      }
      return undefined;
    };
  });
  const [first, second] = await Promise.all([resultOf(child), other]);
  expect(first.code).toBe(0);
  expect(second.code).toBe(75);
  expect(second.stderr).toMatch(
    new RegExp(
      `^refreshd: Process ${child.pid} is at work on this home or this engine \\(refreshd run, since .+\\)\\. Wait`,
    ),
  );
});
