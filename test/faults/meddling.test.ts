import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type EngineProxy, startEngineProxy } from '../support/engine-proxy.ts';
import { lookAtBystander, startBystander } from '../support/invariants.ts';
import { answerOf, Lab, until } from '../support/lab.ts';
import { IS_LONG } from '../support/long-run.ts';

const PROXY_SOCKET = '/run/refreshd-sandbox/meddling.sock';
const HEALTH = 'http://127.0.0.1:18080/health';
const BODY = {
  StopTimeout: 1,
  Volumes: { '/data': {} },
  HostConfig: {
    PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
    RestartPolicy: { Name: 'unless-stopped' },
  },
};

let lab: Lab;
let proxy: EngineProxy;
let old: string;
let volumes: readonly string[];
beforeAll(async () => {
  lab = await Lab.open();
  proxy = await startEngineProxy(lab.socket, PROXY_SOCKET);
});
beforeEach(async () => {
  await lab.clear();
  proxy.watch = undefined;
  await lab.publish({ version: '1' });
  await lab.pull();
  await startBystander(lab);
  old = await lab.run('app', BODY);
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1');
  volumes = await volumeNames();
  await lab.publish({ version: '2' });
});
afterAll(async () => {
  await proxy.close();
  await lab.close();
});

interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly State: string;
}

async function listed(): Promise<readonly Listed[]> {
  return (await lab.api('GET', '/containers/json?all=1')).body;
}

async function volumeNames(): Promise<readonly string[]> {
  const { Volumes } = (await lab.api('GET', '/volumes')).body;
  return (Volumes ?? []).map(({ Name }: { Name: string }) => Name);
}

/** All that is there but the bystander, as in `app=new running`. */
async function whoIsThere(): Promise<readonly string[]> {
  const whose = ({ Id, Labels }: Listed) => (Id === old ? 'old' : 'mine' in Labels ? 'theirs' : 'new');
  return (await listed())
    .map(each => `${(each.Names[0] ?? '').slice(1)}=${whose(each)} ${each.State}`)
    .filter(line => !line.startsWith('bystander='))
    .sort();
}

/** The call after which somebody steps in. */
const MOMENTS = {
  'it is prepared': /^POST \/containers\/create/,
  'the old one is stopped': /^POST \/containers\/\w+\/stop/,
  'both are renamed': /^POST \/containers\/\w+\/rename\?name=app$/,
  'the new one is watched': /^POST \/containers\/\w+\/start/,
} as const;

const ACTS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  removed: id => lab.api('DELETE', `/containers/${id}?force=1`),
  renamed: id => lab.api('POST', `/containers/${id}/rename?name=mine`),
  stopped: id => lab.api('POST', `/containers/${id}/stop?t=0`),
  'made anew': async id => {
    await lab.api('DELETE', `/containers/${id}?force=1`);
    await lab.run('app', { Image: lab.reference(), ...BODY, Labels: { mine: 'yes' } });
  },
};

interface Row {
  readonly act: keyof typeof ACTS;
  readonly code: number;
  readonly says: RegExp;
  readonly left: readonly string[];
}

const OLD = ['app=old running'];
const NEW = ['app=new running'];
const THEIRS = ['app=theirs running'];
const UPDATED = { code: 0, says: /updated\t/, left: NEW };
const LEFT_ALONE = /failed\t.*somebody else made a container of that name, which is left alone/;
const ASIDE = expect.stringMatching(/^app\.refreshd-\w+\.old=old exited$/);
const KEPT_ASIDE = {
  act: 'made anew',
  code: 1,
  says: /the old one is kept, stopped, as app\.refreshd-/,
  left: [ASIDE, ...THEIRS],
};
const ROWS: readonly (readonly [keyof typeof MOMENTS, 'old' | 'new', Row])[] = [
  ['it is prepared', 'old', { act: 'made anew', code: 1, says: LEFT_ALONE, left: THEIRS }],
  ['it is prepared', 'new', { act: 'renamed', code: 1, says: /failed\t.*just made is gone/, left: OLD }],
  [
    'the old one is stopped',
    'old',
    { act: 'removed', code: 3, says: /removed the old container, so the new one is kept/, left: NEW },
  ],
  [
    'the old one is stopped',
    'new',
    { act: 'removed', code: 1, says: /rolled-back\t.*No such container/, left: OLD },
  ],
  ['both are renamed', 'old', { act: 'renamed', ...UPDATED, left: [...NEW, 'mine=old exited'] }],
  ['the new one is watched', 'old', { act: 'removed', ...UPDATED }],
  ['the new one is watched', 'new', { act: 'renamed', ...UPDATED, left: ['mine=new running'] }],
  ['the new one is watched', 'new', KEPT_ASIDE],
];
const MORE: typeof ROWS = [
  ['it is prepared', 'new', { act: 'removed', code: 1, says: /failed\t.*just made is gone/, left: OLD }],
  ['it is prepared', 'new', { act: 'stopped', ...UPDATED }],
  ['the old one is stopped', 'old', { act: 'stopped', ...UPDATED }],
  ['the old one is stopped', 'old', { act: 'made anew', code: 1, says: LEFT_ALONE, left: THEIRS }],
  ['the old one is stopped', 'new', { act: 'stopped', ...UPDATED }],
  ['both are renamed', 'old', { act: 'removed', ...UPDATED }],
  ['both are renamed', 'old', { act: 'stopped', ...UPDATED }],
  [
    'both are renamed',
    'new',
    { act: 'removed', code: 1, says: /rolled-back\t.*No such container/, left: OLD },
  ],
  ['both are renamed', 'new', { act: 'renamed', ...UPDATED, left: ['mine=new running'] }],
  ['both are renamed', 'new', { act: 'stopped', ...UPDATED }],
  ['both are renamed', 'new', KEPT_ASIDE],
  ['the new one is watched', 'old', { act: 'renamed', ...UPDATED, left: [...NEW, 'mine=old exited'] }],
  ['the new one is watched', 'old', { act: 'stopped', ...UPDATED }],
  [
    'the new one is watched',
    'new',
    { act: 'removed', code: 1, says: /rolled-back\t.*somebody removed/, left: OLD },
  ],
];

it.each((IS_LONG ? [...ROWS, ...MORE] : ROWS).map(([at, which, row]) => ({ at, which, ...row })))(
  'when $at, the $which one may be $act by its owner',
  async ({ at, which, act, code, says, left }) => {
    const bystander = await lookAtBystander(lab);
    let acting: Promise<unknown> | undefined;
    proxy.watch = async ({ method, path }) => {
      if (acting !== undefined || !MOMENTS[at].test(`${method} ${path}`)) return;
      const successor = (await listed()).find(({ Labels }) => 'refreshd.rollout' in Labels);
      acting = ACTS[act]?.(which === 'old' ? old : (successor?.Id ?? ''));
      await acting;
    };
    const run = await lab.refreshd(['run'], { DOCKER_HOST: `unix://${PROXY_SOCKET}` });
    await acting;
    expect([run.code, run.stdout]).toEqual([code, expect.stringMatching(says)]);
    expect(await whoIsThere()).toEqual(left);
    expect(await volumeNames()).toEqual(expect.arrayContaining([...volumes]));
    expect(readdirSync(join(lab.home, 'state/rollouts')), 'the journal').toEqual([]);
    expect(await lookAtBystander(lab)).toEqual(bystander);
    expect((await lab.refreshd(['recover'])).stdout).toBe('No rollout was left unfinished.\n');
    expect(await whoIsThere()).toEqual(left);
  },
);
