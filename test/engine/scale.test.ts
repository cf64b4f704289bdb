import pLimit from 'p-limit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { type CommandResult, Lab, resultOf } from '../support/lab.ts';
import { IS_LONG } from '../support/long-run.ts';
import { followMemory } from '../support/peak-memory.ts';
import { createStill, offerStill, removeStill, type StillContainer } from '../support/still-containers.ts';
import { KINDS, openUnequalRegistries, type UnequalRegistries } from '../support/unequal-registries.ts';

const PROXY_SOCKET = '/run/refreshd-sandbox/scale.sock';
const CONTAINERS = 200;
const NETWORKS = 40;
/** Containers that only stand there, and the references that they are made from. */
const STILL = IS_LONG ? { containers: 1000, references: 100 } : { containers: 200, references: 40 };
/** REFRESHD_CONCURRENCY, as it is by default. */
const CONCURRENCY = 4;

let lab: Lab;
let proxy: EngineProxy;
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, PROXY_SOCKET);
  await lab.clear();
  for (const repository of ['app', 'still']) {
    await lab.publish({ version: '1' }, repository);
    await lab.pull(lab.reference(repository));
  }
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

/** Containers from one number to the next, each on a network that it shares with a few others. */
async function fill(from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  await pLimit(4).map(numbers, number =>
    lab.run(
      `still-${number}`,
      {
        Image: lab.reference('still'),
        Labels: { 'ünïcode 名前 🐳': `wert\u00a0${number} ✓` },
        HostConfig: { NetworkMode: `net-${number % NETWORKS}` },
      },
      false,
    ),
  );
}

async function measure(
  command: string,
): Promise<CommandResult & { seconds: number; peak: number; calls: number }> {
  proxy.calls.splice(0);
  const begun = performance.now();
  const child = lab.spawn([command], { DOCKER_HOST: `unix://${PROXY_SOCKET}` });
  const peak = followMemory(child);
  const result = await resultOf(child);
  const seconds = (performance.now() - begun) / 1000;
  return { ...result, seconds, peak: peak(), calls: proxy.calls.length };
}

it('200 containers on 40 networks cost a list, and a look at each only where one is replaced', async () => {
  await pLimit(4).map(
    Array.from({ length: NETWORKS }, (_, index) => index),
    index =>
      lab.api('POST', '/networks/create', {
        Name: `net-${index}`,
        IPAM: { Config: [{ Subnet: `10.99.${index}.0/24` }] },
      }),
  );
  const big = 'ü€🐳'.repeat(11_000);
  await lab.run('app', {
    Env: [`BIG=${big}`],
    Labels: { ключ: 'значение' },
    HostConfig: { NetworkMode: 'net-0' },
  });
  await fill(1, CONTAINERS / 4);
  const few = await measure('check');
  await fill(CONTAINERS / 4, CONTAINERS);
  const many = await measure('check');
  expect([few.code, many.code]).toEqual([0, 0]);
  expect(many.stdout.match(/\tcurrent\t/g)).toHaveLength(CONTAINERS);
  expect(many.calls, 'what is asked does not grow with what is there').toBe(few.calls);
  lab.registry.forget();

  await lab.publish({ version: '2' });
  const run = await measure('run');
  expect(run.code).toBe(0);
  expect(run.stdout.match(/\tcurrent\t/g)).toHaveLength(CONTAINERS - 1);
  expect(run.stdout).toMatch(/^app\tupdated\t/m);
  expect(lab.registry.requests.filter(({ path }) => path.includes('/still/'))).toHaveLength(1);
  const changed = proxy.calls.filter(({ method }) => method !== 'GET');
  expect(changed.length, 'changes on the engine').toBeLessThan(15);
  expect(run.calls).toBeLessThan(CONTAINERS * 1.5);
  const now = await lab.inspect('app');
  expect(now.Config.Env).toContain(`BIG=${big}`);
  expect(now.Config.Labels['ключ']).toBe('значение');
  for (const { seconds, peak } of [many, run]) {
    expect(seconds).toBeLessThan(30);
    expect(peak).toBeGreaterThan(20e6);
    expect(peak).toBeLessThan(250e6);
  }
  const shown = (each: typeof run) =>
    `${each.seconds.toFixed(1)} s, ${Math.round(each.peak / 1e6)} MB, ${each.calls} calls`;
  process.stdout.write(
    `${CONTAINERS} containers: check ${shown(many)} (${CONTAINERS / 4}: ${shown(few)}); run ${shown(run)}.\n`,
  );
});

/** As many of each registry's repositories as of the others', and as many containers of each. */
function stillAt(registries: UnequalRegistries): readonly StillContainer[] {
  const perKind = STILL.references / KINDS.length;
  const references = KINDS.flatMap(kind =>
    Array.from({ length: perKind }, (_, number) => `${registries.hostOf(kind)}/${kind}-${number}:latest`),
  );
  return Array.from({ length: STILL.containers }, (_, number) => {
    const reference = references[number % references.length] ?? '';
    return { name: `${/[a-d]-\w+/.exec(reference)}-${number}`, reference };
  });
}

it(`${STILL.containers} containers of four registries: one that is slow, busy or down holds up no other`, async () => {
  await lab.clear();
  const registries = await openUnequalRegistries();
  try {
    const containers = stillAt(registries);
    await offerStill(lab, [...new Set(containers.map(({ reference }) => reference))]);
    await createStill(lab, containers);
    const repositories = STILL.references / KINDS.length;
    await registries.turn(repositories);

    const { code, stdout, seconds, peak } = await measure('check');
    expect(code).toBe(1);
    const verdicts = KINDS.map(kind => {
      const lines = stdout.split('\n').filter(line => line.startsWith(kind));
      return [kind, lines.length, ...new Set(lines.map(line => line.split('\t')[1]))];
    });
    const perKind = STILL.containers / KINDS.length;
    expect(verdicts).toEqual([
      ['a-slow', perKind, 'current'],
      ['b-busy', perKind, 'unresolved'],
      ['c-down', perKind, 'unresolved'],
      ['d-quick', perKind, 'current'],
    ]);
    const asked = KINDS.map(kind => registries.requests(kind));
    expect(asked, 'one question for each name; none to who wants to be left alone').toEqual([
      repositories,
      1,
      0,
      repositories,
    ]);
    const most = KINDS.map(kind => registries.mostConnections(kind));
    // And one more, by which it was found that TLS is not spoken, and which closes in its own time.
    expect(Math.max(...most), `connections: ${most}`).toBeLessThanOrEqual(CONCURRENCY + 1);
    expect(peak).toBeGreaterThan(20e6);
    expect(peak).toBeLessThan(250e6);
    const shown = `${seconds.toFixed(1)} s, ${Math.round(peak / 1e6)} MB, connections ${most}`;
    process.stdout.write(
      `${STILL.containers} containers, ${STILL.references} names, four registries: ${shown}.\n`,
    );
  } finally {
    await removeStill(lab);
    await registries.close();
  }
}, 600_000);
