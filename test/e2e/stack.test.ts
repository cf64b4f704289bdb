import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { shortDigest } from '../../src/image/digest.ts';
import { withCompose } from '../support/compose.ts';
import { answerOf, type CommandResult, Lab, resultOf, until } from '../support/lab.ts';
import { watchCommandLines } from '../support/process-watch.ts';
import { onTerminal } from '../support/pseudo-terminal.ts';
import type { Behaviour, ServiceOptions } from '../support/service-image.ts';

/* The stack of a home, worked by up, down, pull and logs. */

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(() => lab.clear());
afterAll(() => lab.close());

const SECRET = 'secret-91cc';
const HEALTH = 'http://127.0.0.1:8080/health';

/** The stack of this repository, as its first user has it. */
function autotask(): void {
  copyFileSync('docker-compose.yml', join(lab.home, 'docker-compose.yml'));
  writeFileSync(join(lab.home, '.env'), `AUTOTASK_SECRET=${SECRET}\n`, { mode: 0o600 });
}

function project(services: Record<string, object>, rest: object = {}): void {
  writeFileSync(join(lab.home, 'compose.yaml'), JSON.stringify({ name: 'project', services, ...rest }));
}

function refreshd(...args: string[]): Promise<CommandResult> {
  return lab.refreshd(args, withCompose(lab));
}

/** Compose 2.26 clears the line before each of a log, in a pipe too. */
function logLines(stdout: string): string {
  return stdout.replaceAll('\u001b[2K', '');
}

/** Compose tells on standard error what it does; what is ours stands at its end. */
function lastLine({ stderr }: CommandResult): string {
  return stderr.trimEnd().split('\n').at(-1) ?? '';
}

describe('up', () => {
  it('starts the stack, waits until it is proven, and says where it listens', async () => {
    autotask();
    await lab.publish({ version: '1', healthcheck: true });
    const { code, stdout } = await refreshd('up');
    expect(stdout.split('\n').slice(-2)).toEqual([
      'autotask-mcp is healthy and listens on http://127.0.0.1:8080/mcp (HEALTHCHECK, GET /health on port 8080).',
      '',
    ]);
    expect(stdout).toMatch(/^autotask-mcp: well, and has to stay so for 1\.0 s$/m);
    expect(code).toBe(0);
    expect(await answerOf(HEALTH)).toBe('200 /health 1');
    expect(lab.log()).toContain('autotask-mcp is healthy and listens on http://127.0.0.1:8080/mcp');

    const again = await refreshd('up', '--json');
    expect(JSON.parse(again.stdout)).toEqual({
      schema: 'refreshd.up/1',
      home: lab.home,
      containers: [
        {
          name: 'autotask-mcp',
          service: 'autotask-mcp',
          outcome: 'proven',
          signs: ['HEALTHCHECK', 'GET /health on port 8080'],
          addresses: ['http://127.0.0.1:8080/mcp'],
        },
      ],
    });
  });

  it.each<[Behaviour, RegExp]>([
    [
      'exits',
      /^refreshd: autotask-mcp is not proven: it (crashed and was restarted( \(exit code 3\))?|stopped by itself \(exit code 3\))\./,
    ],
    ['unhealthy', /^refreshd: autotask-mcp is not proven: its HEALTHCHECK says unhealthy/],
    [
      '500',
      /^refreshd: autotask-mcp is not proven: not healthy after 8\.0 s: GET \/health on port 8080 answered HTTP 500/,
    ],
  ])('says in one sentence what is wrong, and leaves it as it is: %s', async (behaviour, words) => {
    autotask();
    await lab.publish({ version: '1', behaviour });
    const end = await refreshd('up');
    expect(lastLine(end)).toMatch(words);
    expect(lastLine(end)).toMatch(
      / It stays as compose left it; refreshd logs autotask-mcp shows what it says\.$/,
    );
    expect(end.code).toBe(1);
    expect(await lab.names()).toEqual(['autotask-mcp']);
    const { code, stdout } = await refreshd('up', '--json');
    expect([code, JSON.parse(stdout).containers[0].outcome]).toEqual([1, 'failed']);
  });

  it('says of each no more than is known of it', async () => {
    const image = lab.reference();
    project({
      found: { image, ports: ['127.0.0.1:18081:8080', '127.0.0.1:18082:53/udp'] },
      quiet: { image: lab.reference('quiet'), ports: ['127.0.0.1:18083:5432'] },
      worker: { image, labels: { 'refreshd.enable': 'false' } },
      task: { image: lab.reference('task') },
    });
    await lab.publish({ version: '1' });
    await lab.publish({ version: '1', behaviour: 'silent' }, 'quiet');
    await lab.publish({ version: '1', behaviour: 'ends' }, 'task');
    const { code, stdout } = await refreshd('up');
    expect(stdout.split('\n').filter(line => line.endsWith('.'))).toEqual([
      'project-found-1 is healthy and listens on http://127.0.0.1:18081, 127.0.0.1:18082/udp (GET /health on port 8080).',
      'project-quiet-1 runs and listens on 127.0.0.1:18083.',
      'project-task-1 has ended, with exit code 0.',
      'project-worker-1 runs.',
    ]);
    expect(code).toBe(0);
  });

  it('tells what it does where compose fails', async () => {
    project({ web: { image: lab.reference('nowhere') } });
    const end = await refreshd('up');
    expect(lastLine(end)).toMatch(
      /^refreshd: docker-compose up -d did not work out \(exit code \d+\)\. What it says is above\.$/,
    );
    expect(end.code).toBe(1);
  });

  it('puts no secret on a command line, nor into anything that it says', async () => {
    autotask();
    await lab.publish({ version: '1' });
    for (const args of [['up'], ['pull'], ['logs'], ['down']]) {
      const child = lab.spawn(args, withCompose(lab));
      const watch = watchCommandLines(child.pid ?? 0);
      const { code, stdout, stderr } = await resultOf(child);
      watch.stop();
      const lines = [...watch.lines].join('\n');
      expect(lines).toContain(args[0] === 'pull' ? 'config --format json' : args[0]);
      expect([code, `${stdout}${stderr}${lines}`.includes(SECRET)]).toEqual([0, false]);
    }
    expect(lab.log()).not.toContain(SECRET);
  });
});

describe('logs and down', () => {
  beforeEach(async () => {
    project(
      {
        web: {
          image: lab.reference(),
          command: "sh -c 'echo one; echo two; exec sleep 3600'",
          volumes: ['data:/data'],
          stop_grace_period: '0s',
        },
      },
      { volumes: { data: {} } },
    );
    await lab.publish({ version: '1' });
    expect((await refreshd('up')).code).toBe(0);
  });

  it('shows what the containers say, in a pipe too, and nothing of its own', async () => {
    const { stdout, ...end } = await refreshd('logs');
    expect([end, logLines(stdout)]).toEqual([{ code: 0, stderr: '' }, 'web-1  | one\nweb-1  | two\n']);
    const tail = await refreshd('logs', '--tail', '1', 'web');
    expect(logLines(tail.stdout)).toBe('web-1  | two\n');
    expect((await refreshd('logs', '--tail', 'many')).code).toBe(2);
    expect(await refreshd('logs', 'nobody')).toMatchObject({ code: 1, stdout: '' });
  });

  it('follows until Ctrl-C, and then says nothing more', async () => {
    const press = { after: 'two', keys: '\u0003' };
    const options = { columns: 80, environment: withCompose(lab), press };
    const { code, sent } = await onTerminal(lab, ['logs', '-f'], options);
    expect([code, sent]).toEqual([130, expect.stringMatching(/one[\s\S]+two/)]);
    expect(sent).not.toContain('refreshd:');
  });

  it('passes SIGTERM on', async () => {
    const child = lab.spawn(['logs', '-f'], withCompose(lab));
    let seen = '';
    child.stdout?.on('data', chunk => {
      seen += chunk;
    });
    const ended = resultOf(child);
    await until('it shows something', () => seen.includes('two'));
    child.kill('SIGTERM');
    const { stderr, stdout, code } = await ended;
    expect([code, logLines(stdout)]).toEqual([143, 'web-1  | one\nweb-1  | two\n']);
    expect(stderr).not.toContain('refreshd:');
  });

  it('takes down containers and networks, and no volume', async () => {
    expect((await refreshd('down')).code).toBe(0);
    expect(await lab.names()).toEqual([]);
    const { body } = await lab.api('GET', '/volumes');
    expect(body.Volumes.map(({ Name }: { Name: string }) => Name)).toContain('project_data');
    const again = await refreshd('down', '--json');
    expect([again.code, JSON.parse(again.stdout)]).toEqual([
      0,
      { schema: 'refreshd.down/1', home: lab.home },
    ]);
  });
});

describe('pull', () => {
  /** What a service is called, and its repository. */
  const NAMES = ['free', 'labelled', 'pinned', 'refused', 'young', 'unsigned', 'older'] as const;
  const SETTINGS = { REFRESHD_DOWNGRADE: 'refuse' };

  async function publishAll(options: ServiceOptions, names: readonly string[] = NAMES) {
    const images = await Promise.all(names.map(name => lab.publish(options, name)));
    return Object.fromEntries(names.map((name, at) => [name, images[at]?.digest ?? '']));
  }

  const tags = async () =>
    Object.fromEntries(
      await Promise.all(NAMES.map(async name => [name, await lab.imageId(lab.reference(name))])),
    );

  it('moves no tag that a rule holds, says which and why, and takes all the rest', async () => {
    const first = await publishAll({ version: '1' });
    const labels: Record<string, object> = {
      labelled: { 'refreshd.pin': first['labelled'] },
      young: { 'refreshd.min-age': '3d' },
      unsigned: { 'refreshd.verify.key': 'cosign.pub' },
    };
    writeFileSync(join(lab.home, 'cosign.pub'), KEY);
    const services = Object.fromEntries(
      NAMES.map(name => [
        name,
        { image: lab.reference(name), labels: labels[name] ?? {}, stop_grace_period: '0s' },
      ]),
    );
    project(services);
    const env = { ...withCompose(lab), ...SETTINGS };
    const run = (...args: string[]) => lab.refreshd(args, env);
    expect((await run('up')).code).toBe(0);
    expect((await run('pin', 'project-pinned-1')).code).toBe(0);
    await lab.publish({ version: '2', behaviour: 'exits' }, 'refused');
    expect((await run('run', 'project-refused-1')).code).toBe(1);
    await lab.publish({ version: '2' }, 'older');
    expect((await run('run', 'project-older-1')).code).toBe(0);
    const second = await publishAll(
      { version: '3' },
      NAMES.filter(name => !/refused|older/.test(name)),
    );
    await lab.publish({ version: '1' }, 'older');
    await lab.publish({ version: '1' }, 'fresh');
    // Two without a container yet: one of its own, and one that would move the tag of another that is pinned.
    project({
      ...services,
      fresh: { image: lab.reference('fresh') },
      twin: { image: lab.reference('pinned') },
    });

    const before = await tags();
    const names = await lab.names();
    const { code, stdout, stderr } = await run('pull');
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split('\t'));
    const short = (name: string) => shortDigest(second[name] ?? '');
    const HELD = `project-pinned-1: pinned to ${shortDigest(first['pinned'] ?? '')}`;
    const row = (name: string, outcome: string, image: string, why: unknown = undefined) =>
      why === undefined ? [name, outcome, image] : [name, outcome, image, why];
    expect(rows).toEqual([
      row('free', 'pulled', `${lab.reference('free')} ${short('free')}`),
      row('fresh', 'pulled', lab.reference('fresh'), 'by compose: no container is made from it yet'),
      row(
        'labelled',
        'left',
        `${lab.reference('labelled')} ${short('labelled')}`,
        `project-labelled-1: pinned to ${shortDigest(first['labelled'] ?? '')}`,
      ),
      row(
        'older',
        'left',
        expect.any(String),
        expect.stringMatching(/^project-older-1: .*REFRESHD_DOWNGRADE=refuse$/),
      ),
      row('pinned', 'left', `${lab.reference('pinned')} ${short('pinned')}`, HELD),
      row('refused', 'left', expect.any(String), expect.stringMatching(/^project-refused-1: /)),
      row('twin', 'left', `${lab.reference('pinned')} ${short('pinned')}`, HELD),
      row(
        'unsigned',
        'failed',
        `${lab.reference('unsigned')} ${short('unsigned')}`,
        expect.stringMatching(/^project-unsigned-1: .*signature/),
      ),
      row(
        'young',
        'left',
        `${lab.reference('young')} ${short('young')}`,
        expect.stringMatching(/: refreshd\.min-age$/),
      ),
    ]);
    expect([code, stderr.includes('refreshd:')]).toEqual([1, false]);

    const after = await tags();
    const { free, ...held } = after;
    const { free: wasFree, ...wereHeld } = before;
    expect(held).toEqual(wereHeld);
    expect(free).not.toBe(wasFree);
    expect(await lab.imageId(lab.reference('fresh'))).toBeDefined();
    // Nothing of what is refused is even here.
    for (const name of ['labelled', 'pinned', 'young', 'unsigned'])
      expect(
        await lab.imageId(`${lab.reference(name).replace(/:latest$/, '')}@${second[name]}`),
      ).toBeUndefined();
    expect(await lab.names()).toEqual(names);

    const again = JSON.parse((await run('pull', 'free', 'young', '--json')).stdout);
    expect(again).toMatchObject({
      schema: 'refreshd.pull/1',
      services: [
        { service: 'free', outcome: 'current', digest: second['free'] },
        { service: 'young', outcome: 'left' },
      ],
    });
    // What was pulled is what the next run takes.
    expect((await run('run', 'project-free-1')).stdout).toMatch(/^project-free-1\tupdated\t/);
  });

  it('leaves what compose would not pull, and names services that there are not', async () => {
    await lab.publish({ version: '1' });
    project({
      never: { image: lab.reference(), pull_policy: 'never' },
      built: { build: { context: '.' } },
    });
    const { code, stdout } = await refreshd('pull');
    expect([code, stdout]).toEqual([
      0,
      `built\tleft\t\tit is only built here\nnever\tleft\t${lab.reference()}\tits pull_policy is never\n`,
    ]);
    expect(await lab.imageId()).toBeUndefined();
    const end = await refreshd('pull', 'buit');
    expect([end.code, lastLine(end)]).toEqual([
      2,
      'refreshd: The stack has no service buit. Its services are: built, never.',
    ]);
  });
});

/** No image of these tests is signed by it. */
const KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENvWvwbfECrbr9anT/dVjxMoUwlaF
d+NXy6u5uSIun4kGjK3HOle7JB/2N43BA9P4mdHNfAjl7csfyqQ4rCBCTQ==
-----END PUBLIC KEY-----
`;
