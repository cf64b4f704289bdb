import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../support/lab.ts';
import { FOR_ALL, FOR_ROOT, Machine } from '../support/machine.ts';

const HOME = '/home/jo/my stäck';
const UNIT = '/home/jo/.config/systemd/user/refreshd.service';
const MAIN = `${FOR_ALL.refreshd}/dist/cli/main.js`;
const PATIENCE = 200_000;

let machine: Machine;

beforeAll(async () => {
  machine = new Machine();
  await machine.boot();
  await machine.sh('useradd --create-home --groups docker jo');
  await machine.sh(`install -d -o jo -g jo '${HOME}'`);
});
afterAll(() => machine?.close());

/** As somebody who has logged in. */
const jo = (command: string) => machine.run('su', '--login', 'jo', '--command', command);
const refreshd = (args: string) => jo(`${FOR_ALL.node} ${MAIN} ${args} --home '${HOME}'`);
/** Without logging in. */
const property = (name: string) =>
  machine.sh(
    `setpriv --reuid=jo --regid=jo --init-groups env XDG_RUNTIME_DIR=/run/user/$(id -u jo) \
    systemctl --user show --property=${name} --value refreshd 2>/dev/null || true`,
  );
const lingers = () => existsSync(machine.path('/var/lib/systemd/linger/jo'));

it('needs a systemd of the user', async () => {
  const { code, stderr } = await machine.run(
    ...['setpriv', '--reuid=jo', '--regid=jo', '--init-groups', 'env', 'HOME=/home/jo'],
    ...[FOR_ALL.node, MAIN, 'install', '--yes', '--home', HOME],
  );
  expect(stderr).toBe(
    'refreshd: No systemd runs for user jo here. Log in as jo itself, not by sudo; or turn lingering on first: sudo loginctl enable-linger jo\n',
  );
  expect(code).toBe(2);
});

it('is installed without lingering, if the user wants it so', async () => {
  const { code, stdout } = await refreshd('install --yes --no-linger');
  expect(code).toBe(0);
  expect(stdout).toContain('\nLingering is off: the service runs only while you are logged in.\n');
  expect(lingers()).toBe(false);
});

it('is upgraded, and goes on when the user logs out', async () => {
  const { code, stdout } = await refreshd('install --yes --json');
  expect(code).toBe(0);
  const { warnings, service } = JSON.parse(stdout);
  expect(warnings).toEqual([]);
  expect(service).toEqual({
    isRunning: true,
    words: 'active (running)',
    status: expect.stringMatching(/^Next run /),
  });
  expect(lingers()).toBe(true);
  expect(await property('ActiveState')).toBe('active\n');
  expect(existsSync(machine.path(`${HOME}/logs/update.log`))).toBe(true);
  expect((await jo(`systemd-analyze --user verify ${UNIT}`)).stderr).toBe('');
});

it('comes back when it is killed', async () => {
  const pid = (await property('MainPID')).trim();
  await machine.sh(`kill -KILL ${pid}`);
  await until(
    'it is back',
    async () => !['0', pid, ''].includes((await property('MainPID')).trim()),
    PATIENCE,
  );
  await until('it waits', async () => (await property('StatusText')).startsWith('Next run '), PATIENCE);
});

it('starts with the machine, before anybody logs in', async () => {
  await machine.powerOff();
  await machine.boot();
  await until('it waits', async () => (await property('StatusText')).startsWith('Next run '), PATIENCE);
});

it('is not installed twice for one home', async () => {
  const { code, stderr } = await machine.run(
    ...[FOR_ALL.node, MAIN, 'install', '--yes', '--user', 'jo', '--home', HOME],
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const again = await refreshd('install --yes');
  expect(again.stderr).toBe(
    `refreshd: A service of the machine is installed for ${HOME} already. Remove that first: sudo refreshd uninstall\n`,
  );
  expect(again.code).toBe(2);
  const status = await machine.sh('cat /proc/$(systemctl show -p MainPID --value refreshd)/status');
  expect(status).toMatch(/^Uid:\s+1000\s/m);
  expect((await machine.run(FOR_ALL.node, MAIN, 'uninstall', '--yes')).code).toBe(0);
});

it('is removed without a trace', async () => {
  const { code, stdout } = await refreshd('uninstall --yes --purge');
  expect(code).toBe(0);
  expect(stdout).toMatch(/\nThe service is gone\.\n/);
  expect(lingers()).toBe(false);
  expect(await machine.sh('find /home/jo -name "*refreshd*" -o -path "/home/jo/my*/*"')).toBe('');
  expect(await machine.sh('cat /proc/[0-9]*/cmdline')).not.toContain('main.js');
});

it('runs as root where no other user may go, says so, and is confined all the same', async () => {
  await machine.sh('chmod 700 /root && mkdir /root/stack');
  const { code, stdout } = await machine.run(
    ...[FOR_ROOT.node, `${FOR_ROOT.refreshd}/dist/cli/main.js`],
    ...['install', '--yes', '--json', '--home', '/root/stack'],
  );
  const { warnings, service } = JSON.parse(stdout);
  expect(warnings).toEqual([
    `The service starts ${FOR_ROOT.node}, which is removed by nvm, when that version is uninstalled. Run refreshd install again after that, or use a Node of the system's.`,
    'The service runs as root, because a user of its own may not enter /root/stack. It is confined all the same; a home and a refreshd below /srv or /opt would do without root.',
  ]);
  expect(service.status).toMatch(/^Next run /);
  expect(code).toBe(0);
  const { stdout: judged } = await machine.run('systemd-analyze', 'security', '--no-pager', 'refreshd');
  expect(Number(/exposure level for refreshd.service: ([\d.]+)/.exec(judged)?.[1])).toBeLessThanOrEqual(1.6);
  const status = await machine.sh('cat /proc/$(systemctl show -p MainPID --value refreshd)/status');
  expect(status).toContain('CapEff:\t0000000000000000\n');
  const log = await machine.sh('cat /root/stack/logs/update.log');
  expect(log).toMatch(/ started in \/root\/stack; next run /);
});
