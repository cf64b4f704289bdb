import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerOf, Lab, until } from '../support/lab.ts';
import { FOR_ALL, Machine } from '../support/machine.ts';

/** Everything that a shell, a unit file or a property list takes for something else. */
const HOME = '/srv/my "stack" 100% ünï $HOME it\'s \\n';
const UNIT = '/etc/systemd/system/refreshd.service';
const HEALTH = 'http://127.0.0.1:18080/health';
const PATIENCE = 200_000;
const EVERY_MINUTE = '* * * * *';
const NEVER = '0 0 29 2 *';

let machine: Machine;
let lab: Lab;

beforeAll(async () => {
  machine = new Machine();
  await machine.boot();
  lab = await Lab.open(machine.socket);
  mkdirSync(machine.path(HOME), { recursive: true });
  settings(NEVER);
  await lab.publish({ version: '1' });
  await lab.pull();
  await lab.run('app', {
    Labels: { 'refreshd.stable-for': '12s' },
    HostConfig: {
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'always' },
    },
  });
  await until('version 1 answers', async () => (await answerOf(HEALTH)) === '200 /health 1', PATIENCE);
});
afterAll(async () => {
  await lab?.close();
  await machine?.close();
});

function settings(schedule: string): void {
  const lines = [
    `REFRESHD_SCHEDULE=${schedule}`,
    'REFRESHD_STABLE_FOR=1s',
    'REFRESHD_HEALTH_TIMEOUT=30s',
    'REFRESHD_WATCH=all',
  ];
  writeFileSync(`${machine.path(HOME)}/refreshd.env`, `${lines.join('\n')}\n`, { mode: 0o644 });
}

const refreshd = (...args: string[]) =>
  machine.run(FOR_ALL.node, `${FOR_ALL.refreshd}/dist/cli/main.js`, ...args, '--home', HOME);
const statusText = () => machine.property('StatusText');
const log = () => machine.sh(`cat /srv/my*/logs/update.log`);

async function untilStatus(pattern: RegExp): Promise<void> {
  const isThere = async () => pattern.test(await statusText());
  await until(`the status is ${pattern}`, isThere, PATIENCE).catch(async error => {
    throw new Error(
      `${error.message}:\n${await machine.sh('systemctl status --no-pager -n 30 refreshd; true')}`,
    );
  });
}

it('changes nothing until somebody says yes', async () => {
  const asked = await refreshd('install');
  expect(asked.code).toBe(2);
  expect(asked.stderr).toBe(
    'refreshd: Nobody can be asked here, so nothing was changed. Add --yes to do it, or --dry-run to see it.\n',
  );
  const dry = await refreshd('install', '--dry-run');
  expect(dry.code).toBe(0);
  expect(dry.stdout).toContain(`write ${UNIT}  # the service\n      # Written by \`refreshd install\``);
  expect(existsSync(machine.path(UNIT))).toBe(false);
  expect(existsSync(`${machine.path(HOME)}/state`)).toBe(false);
  expect((await machine.run('id', 'refreshd')).code).toBe(1);
});

it('is installed by one command: active, ready, enabled, confined, as a user of its own', async () => {
  const { code, stdout, stderr } = await refreshd('install', '--yes', '--json');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const { schema, warnings, service } = JSON.parse(stdout);
  expect({ schema, warnings, service }).toEqual({
    schema: 'refreshd.install/1',
    warnings: [],
    service: {
      isRunning: true,
      words: 'active (running)',
      status: expect.stringMatching(/^Next run \d{4}-02-29 00:00:00 /),
    },
  });
  expect((await machine.run('systemctl', 'is-enabled', 'refreshd')).stdout).toBe('enabled\n');
  expect((await machine.run('systemd-analyze', 'verify', UNIT)).stderr).toBe('');
  const { stdout: judged } = await machine.run('systemd-analyze', 'security', '--no-pager', 'refreshd');
  expect(Number(/exposure level for refreshd.service: ([\d.]+)/.exec(judged)?.[1])).toBeLessThanOrEqual(1.6);

  const process = `/proc/${await machine.property('MainPID')}`;
  const status = await machine.sh(`cat ${process}/status`);
  expect(status).toMatch(/^Uid:\s+(?!0\s)\d+/m);
  for (const line of [
    'CapEff:\t0000000000000000',
    'CapBnd:\t0000000000000000',
    'NoNewPrivs:\t1',
    'Seccomp:\t2',
  ])
    expect(status).toContain(`${line}\n`);
  expect(await machine.sh('stat -c "%U %a" /srv/my*/state')).toBe('refreshd 700\n');
});

it('is looked at by root as by its own user', async () => {
  const { code, stdout, stderr } = await refreshd('status');
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^app\t/m);
  expect(await machine.sh('find /srv/my*/state /srv/my*/logs ! -user refreshd')).toBe('');
});

it('is found to be well by the doctor, who looks at what is root’s as root and at the rest as its own user', async () => {
  const { code, stdout } = await refreshd('doctor', '--json');
  const checks: { what: string; state: string; says: string }[] = JSON.parse(stdout).checks;
  expect(checks.filter(({ state }) => state === 'bad')).toEqual([]);
  expect(checks.find(({ what }) => what === 'service')).toMatchObject({
    state: 'ok',
    says: expect.stringMatching(
      /^the systemd service of this machine: enabled, active \(running\); it says: Next run \d{4}-02-29 00:00:00 /,
    ),
  });
  expect(checks.find(({ what }) => what === 'state folder')?.state).toBe('ok');
  expect(await machine.sh('find /srv/my*/state /srv/my*/logs ! -user refreshd')).toBe('');
  expect(code).toBe(0);
});

it('is upgraded by the same command, whatever the one before was', async () => {
  const before = await machine.property('MainPID');
  await machine.sh(`sed -i 's/^Version=.*/Version=0.0.1/; s/^WatchdogSec=.*//' ${UNIT}`);
  const { code, stdout } = await refreshd('install', '--yes');
  expect(code).toBe(0);
  expect(stdout).toContain(
    '\n  systemctl stop refreshd.service  # a run that is at work finishes its container first\n',
  );
  expect(stdout).not.toContain('useradd');
  expect(await machine.property('MainPID')).not.toBe(before);
  const unit = await machine.sh(`cat ${UNIT}`);
  expect(unit).toMatch(/^WatchdogSec=180$/m);
  expect(unit).toMatch(/^Version=(?!0\.0\.1$).+\n.+\nOurs=account$/m);
});

it('does an update when it is due, after it was told to read its settings again', async () => {
  await lab.publish({ version: '2' });
  settings(EVERY_MINUTE);
  await machine.sh('systemctl reload refreshd');
  await untilStatus(/^A run is at work\.$/);
  await until('version 2 answers', async () => (await answerOf(HEALTH)) === '200 /health 2', PATIENCE);
  await untilStatus(/^Next run /);
  expect(await log()).toMatch(/app: Updated /);
  // It was heard that it gets on, and not only at the start.
  const [started, heard] = await Promise.all(
    ['ActiveEnterTimestampMonotonic', 'WatchdogTimestampMonotonic'].map(name => machine.property(name)),
  );
  expect(Number(heard)).toBeGreaterThan(Number(started) + 20_000_000);
});

it('comes back when it is killed in the middle of an update, and brings that to an end', async () => {
  await lab.publish({ version: '3' });
  await until('version 3 is on trial', async () => (await answerOf(HEALTH)) === '200 /health 3', PATIENCE);
  settings(NEVER);
  const before = await machine.property('MainPID');
  await machine.sh('systemctl kill --kill-whom=all --signal=KILL refreshd');
  await until('it is back', async () => !['0', before].includes(await machine.property('MainPID')), PATIENCE);
  await untilStatus(/^Next run /);
  expect(await lab.names()).toEqual(['app']);
  expect(await answerOf(HEALTH)).toBe('200 /health 2');
  expect(readdirSync(`${machine.path(HOME)}/state/rollouts`)).toEqual([]);
  expect(await log()).toMatch(/app: Rolled back: it was interrupted while (switching|verifying)/);
  expect(await machine.property('NRestarts')).toBe('1');
});

it('outlives a restart of the engine, and a start before the engine', async () => {
  const before = await machine.property('MainPID');
  await machine.sh('systemctl restart docker');
  await until('the container is back', async () => (await answerOf(HEALTH)) === '200 /health 2', PATIENCE);
  expect(await machine.property('MainPID')).toBe(before);

  await machine.sh('systemctl stop docker.socket docker');
  const { code, stdout } = await refreshd('install', '--yes');
  expect(stdout).toMatch(
    /The service runs: active \(running\)\. The Docker engine could not be reached\. Next run /,
  );
  expect(code).toBe(4);
  await machine.sh('systemctl start docker');
  await untilStatus(/^Next run /);
});

it('finishes the container that it is at before it stops, though that takes longer than systemd would wait', async () => {
  mkdirSync(machine.path(`${UNIT}.d`));
  writeFileSync(machine.path(`${UNIT}.d/override.conf`), '[Service]\nTimeoutStopSec=3\n');
  settings(EVERY_MINUTE);
  await machine.sh('systemctl daemon-reload && systemctl reload refreshd');
  await until('version 3 is on trial', async () => (await answerOf(HEALTH)) === '200 /health 3', PATIENCE);
  await machine.sh('systemctl stop refreshd');
  expect(await machine.property('Result')).toBe('success');
  expect(await log()).toMatch(/app: Updated [^\n]+\n(.+\n)*.+Told to leave before it was through\.\n/);
  expect(await lab.names()).toEqual(['app']);
  settings(NEVER);
});

it('starts when the machine does', async () => {
  await machine.powerOff();
  await machine.boot();
  expect((await machine.run('systemctl', 'is-active', 'refreshd')).stdout).toBe('active\n');
  await untilStatus(/^Next run /);
  await until('the container is back', async () => (await answerOf(HEALTH)) === '200 /health 3', PATIENCE);
});

it('is not moved to another home, nor put over what somebody else wrote', async () => {
  await machine.sh('mkdir -p /srv/other');
  const main = `${FOR_ALL.refreshd}/dist/cli/main.js`;
  const other = await machine.run(FOR_ALL.node, main, 'install', '--yes', '--home', '/srv/other');
  expect(other.code).toBe(2);
  expect(other.stderr).toBe(
    `refreshd: The service that is installed is for ${HOME}, not for /srv/other. One service can watch everything on this engine (REFRESHD_WATCH=all). To move it, remove it first: refreshd uninstall\n`,
  );
});

it('is removed without a trace, but for what it wrote', async () => {
  const { code, stdout } = await refreshd('uninstall', '--yes');
  expect(code).toBe(0);
  expect(stdout).toContain(`Left: ${HOME}/state, ${HOME}/logs, ${UNIT}.d. With --purge they go too.`);
  expect((await machine.run('id', 'refreshd')).code).toBe(1);
  for (const path of [
    UNIT,
    '/var/lib/refreshd',
    '/etc/systemd/system/multi-user.target.wants/refreshd.service',
  ])
    expect(existsSync(machine.path(path))).toBe(false);
  expect((await machine.run('systemctl', 'list-units', '--all', '--no-legend', 'refreshd*')).stdout).toBe('');
  expect(await machine.sh('cat /proc/[0-9]*/cmdline')).not.toContain('main.js');
  expect(statSync(`${machine.path(HOME)}/state`).uid).toBe(0);

  const again = await refreshd('uninstall', '--yes');
  expect(again).toEqual({ code: 0, stdout: 'No service of yours is installed here.\n', stderr: '' });
});

it('takes up what an earlier one wrote, and leaves nothing where that is asked for', async () => {
  expect((await refreshd('install', '--yes')).code).toBe(0);
  expect((await refreshd('history')).stdout).toMatch(/\tapp\tupdated\t/);
  expect((await refreshd('uninstall', '--yes', '--purge')).code).toBe(0);
  expect(readdirSync(machine.path(HOME))).toEqual(['refreshd.env']);
  expect(existsSync(machine.path(`${UNIT}.d`))).toBe(false);
  expect(await lab.names()).toEqual(['app']);
  expect(
    await machine.sh('find /etc /var/lib /run /usr/local -name "*refreshd*" -not -path "*/journal/*"'),
  ).toBe('');
});
