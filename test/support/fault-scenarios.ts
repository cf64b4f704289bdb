import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openHistory } from '../../src/journal/history.ts';
import { recoverAll } from '../../src/run/recover-all.ts';
import { rollBack } from '../../src/run/roll-back.ts';
import type { RunTools } from '../../src/run/run-tools.ts';
import { updateRun } from '../../src/run/update-run.ts';
import type { Answers } from './invariants.ts';
import type { Lab } from './lab.ts';
import type { Behaviour } from './service-image.ts';

/** One kind of rollout that faults are tried on. */
export interface Scenario {
  readonly name: string;
  /** The containers that are replaced together. */
  readonly members: readonly string[];
  readonly answers: Answers;
  /** What may be there in the end. */
  readonly ends: readonly ('old' | 'new')[];
  /** Brings the engine, on which nothing is but the bystander, to where the rollout begins. */
  readonly begin: (lab: Lab) => Promise<void>;
  /** What a new home must know before it begins. */
  readonly remember?: (lab: Lab, home: string) => Promise<void>;
  /** @returns what came of each container */
  readonly act: (tools: RunTools) => Promise<readonly string[]>;
  /** A run that is killed before this one, just after a change that it makes. */
  readonly killed?: { readonly scenario: Scenario; readonly after: 'first' | 'last'; readonly of: string };
}

const URL = 'http://127.0.0.1:18080/health';
const FORTH: Answers = { url: URL, old: '200 /health 1', new: '200 /health 2' };
const BACK: Answers = { url: URL, old: FORTH.new, new: FORTH.old };
/** @param restart a restart policy, or `--rm` for one that the engine removes when it stops */
const appWith = (restart: string, labels: Readonly<Record<string, string>> = {}) => ({
  Volumes: { '/data': {} },
  Labels: { 'refreshd.allow-rm': 'true', ...labels },
  HostConfig: {
    NetworkMode: 'front',
    PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
    ...(restart === '--rm'
      ? { AutoRemove: true, RestartPolicy: { Name: 'no' } }
      : { RestartPolicy: { Name: restart } }),
  },
});
const IDLE = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done";

/** Also on a second network, so that joining that is a step. */
const runApp = async (lab: Lab, restart = 'unless-stopped', labels = {}): Promise<void> => {
  for (const Name of ['front', 'back']) await lab.api('POST', '/networks/create', { Name });
  await lab.run('app', appWith(restart, labels), false);
  await lab.api('POST', '/networks/back/connect', { Container: 'app' });
  await lab.api('POST', '/containers/app/start');
};

const startApp = async (lab: Lab, restart?: string, labels?: Record<string, string>): Promise<void> => {
  await lab.publish({ version: '1' });
  await lab.pull();
  await runApp(lab, restart, labels);
};

const update = async (tools: RunTools): Promise<readonly string[]> => {
  const { containers } = await updateRun(tools, { names: [], dryRun: false });
  return containers.filter(({ name }) => name === 'app').map(({ outcome }) => outcome);
};

const recovery = async (tools: RunTools): Promise<readonly string[]> => {
  await recoverAll(tools, false);
  return [];
};

function updateTo(name: string, behaviour: Behaviour, ends: Scenario['ends'], restart?: string): Scenario {
  const begin = async (lab: Lab) => {
    await startApp(lab, restart);
    await lab.publish({ version: '2', behaviour });
  };
  return { name, members: ['app'], answers: FORTH, ends, begin, act: update };
}

/** An update that is tried in a copy first; what the copy gets in place of the app's volume must go with it. */
function triedFirst(name: string, behaviour: Behaviour, ends: Scenario['ends']): Scenario {
  const begin = async (lab: Lab) => {
    await startApp(lab, 'unless-stopped', { 'refreshd.preflight': 'on' });
    await lab.publish({ version: '2', behaviour });
  };
  return { name, members: ['app'], answers: FORTH, ends, begin, act: update };
}

/** An update of which two run for a while, behind an alias and without ports of the host. */
function startedFirst(name: string, behaviour: Behaviour, ends: Scenario['ends']): Scenario {
  const begin = async (lab: Lab) => {
    await lab.publish({ version: '1' });
    await lab.pull();
    for (const Name of ['front', 'back']) await lab.api('POST', '/networks/create', { Name });
    const own = {
      Labels: { 'refreshd.strategy': 'start-first', 'refreshd.health.port': '8080' },
      HostConfig: { NetworkMode: 'front', RestartPolicy: { Name: 'unless-stopped' } },
      NetworkingConfig: { EndpointsConfig: { front: { Aliases: ['web'] } } },
    };
    await lab.run('app', own, false);
    await lab.api('POST', '/networks/back/connect', { Container: 'app' });
    await lab.api('POST', '/containers/app/start');
    await lab.publish({ version: '2', behaviour });
  };
  return { name, members: ['app'], answers: { old: FORTH.old, new: FORTH.new }, ends, begin, act: update };
}

/** An update of a container that has that restart policy. */
export function updateWith(restart: string, behaviour: 'good' | 'exits'): Scenario {
  const ends = behaviour === 'good' ? (['old', 'new'] as const) : (['old'] as const);
  return updateTo(`${behaviour}, ${restart}`, behaviour, ends, restart);
}

const good = updateTo('good update', 'good', ['old', 'new']);
const exits = updateTo('update that exits', 'exits', ['old']);

const set: Scenario = {
  ...good,
  name: 'set',
  members: ['app', 'tool'],
  begin: async lab => {
    await startApp(lab);
    await lab.publish({ version: 'tool' }, 'tool');
    await lab.pull(lab.reference('tool'));
    await lab.run('tool', {
      Image: lab.reference('tool'),
      Cmd: ['sh', '-c', IDLE],
      HostConfig: { NetworkMode: 'container:app', RestartPolicy: { Name: 'always' } },
    });
    await lab.publish({ version: '2' });
  },
};

/** The digest under which the image that the tag names was pulled. */
async function digestOf(lab: Lab): Promise<string> {
  const { body } = await lab.api('GET', `/images/${lab.reference()}/json`);
  return body.RepoDigests[0].split('@')[1];
}

const rollback: Scenario = {
  name: 'rollback',
  members: ['app'],
  answers: BACK,
  ends: ['old', 'new'],
  begin: async lab => {
    await lab.publish({ version: '1' });
    await lab.pull();
    const [repo, tag] = KEPT.split(':');
    await lab.api('POST', `/images/${lab.reference()}/tag?repo=${repo}&tag=${tag}`);
    await lab.publish({ version: '2' });
    await lab.pull();
    await runApp(lab);
  },
  remember: async (lab, home) => {
    const folder = join(home, 'state');
    mkdirSync(folder, { mode: 0o700 });
    await openHistory(folder).add({
      v: 1,
      rollout: KEPT_ROLLOUT,
      container: 'app',
      reference: lab.reference(),
      outcome: 'updated',
      fromImage: (await lab.imageId(KEPT)) ?? '',
      toDigest: await digestOf(lab),
      startedAt: 1,
      endedAt: 2,
    });
  },
  act: async tools => (await rollBack(tools, 'app')).map(({ outcome }) => outcome),
};
const KEPT_ROLLOUT = '0123456789';
const KEPT = `refreshd-kept:app.${KEPT_ROLLOUT}`;

const passing = updateTo('good update, --rm', 'good', ['old', 'new'], '--rm');

/** Every kind of rollout there is, and their recovery in both directions. */
export const SCENARIOS: readonly Scenario[] = [
  good,
  exits,
  updateTo('update that answers 500', '500', ['old']),
  set,
  rollback,
  {
    ...good,
    name: 'recovery back',
    ends: ['old'],
    act: recovery,
    killed: { scenario: good, after: 'last', of: 'switching' },
  },
  {
    ...set,
    name: 'recovery of a set',
    ends: ['old'],
    act: recovery,
    killed: { scenario: set, after: 'last', of: 'switching' },
  },
  {
    ...good,
    name: 'recovery forward',
    ends: ['new'],
    act: recovery,
    killed: { scenario: good, after: 'first', of: 'committed' },
  },
  passing,
  updateTo('update that exits, --rm', 'exits', ['old'], '--rm'),
  triedFirst('good update, preflight', 'good', ['old', 'new']),
  triedFirst('update that exits, preflight', 'exits', ['old']),
  startedFirst('good update, start-first', 'good', ['old', 'new']),
  startedFirst('update that exits, start-first', 'exits', ['old']),
  {
    ...passing,
    name: 'recovery back, --rm',
    ends: ['old'],
    act: recovery,
    killed: { scenario: passing, after: 'last', of: 'switching' },
  },
];
