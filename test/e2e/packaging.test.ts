import { spawn } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { compose } from '../support/compose.ts';
import { type CommandResult, Lab, MAIN, resultOf } from '../support/lab.ts';

const CHECKOUT = join(dirname(MAIN), '../..');
const { version } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8'));

let lab: Lab;
let folder: string;
let packed: readonly string[];
/** Where npm installs what is installed globally. */
let prefix: string;

beforeAll(async () => {
  lab = await Lab.open();
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'refreshd-package-')));
  chmodSync(folder, 0o755);
  prefix = join(folder, 'prefix');
  const [report] = JSON.parse((await npm(CHECKOUT, 'pack', '--json', '--pack-destination', folder)).stdout);
  packed = report.files.map(({ path }: { path: string }) => path);
  // It needs no other package, so it is installed without a registry.
  const place = ['--prefix', prefix, '--cache', join(folder, 'cache'), '--offline'];
  await npm(
    folder,
    'install',
    '--global',
    '--no-audit',
    '--no-fund',
    ...place,
    join(folder, report.filename),
  );
});
beforeEach(() => lab.clear());
afterAll(async () => {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Without what the npm that runs this tells its children. */
async function npm(cwd: string, ...args: string[]): Promise<CommandResult> {
  const env = { PATH: process.env['PATH'], HOME: folder };
  const result = await resultOf(spawn('npm', args, { cwd, env }));
  if (result.code !== 0) throw new Error(`npm ${args.join(' ')}: ${result.stderr}`);
  return result;
}

/** The installed command, as somebody has it on the path who is in the home's folder. */
function refreshd(args: readonly string[], cwd = lab.home): Promise<CommandResult> {
  const path = `${join(prefix, 'bin')}:${process.env['PATH']}`;
  const env = { PATH: path, HOME: folder, DOCKER_HOST: `unix://${lab.socket}` };
  return resultOf(spawn('refreshd', args, { cwd, env }));
}

it('packs what is needed, and nothing else', () => {
  const built = readdirSync(join(CHECKOUT, 'dist/cli')).map(name => `dist/cli/${name}`);
  expect([...packed].sort()).toEqual(
    [
      ...built,
      '.env.example',
      'LICENSE',
      'README.md',
      'completions/refreshd.bash',
      'completions/refreshd.fish',
      'completions/refreshd.zsh',
      'dist/third-party-notices.txt',
      'docker-compose.yml',
      'launchd/refreshd.plist',
      'man/refreshd.1',
      'package.json',
      'refreshd.env.example',
      'systemd/system.service',
      'systemd/user.service',
    ].sort(),
  );
});

it('names every package that is in it, with its terms', () => {
  const notices = readFileSync(join(CHECKOUT, 'dist/third-party-notices.txt'), 'utf8');
  const { devDependencies } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8'));
  for (const name of [
    'dockerode',
    'node-cron',
    'pino',
    'pino-roll',
    'dotenv',
    'zod',
    'undici',
    '@sigstore/verify',
  ])
    expect(notices).toMatch(new RegExp(`^${name} ${devDependencies[name]} \\(.+\\)$`, 'm'));
  expect(notices).not.toMatch(/^vitest | undefined|\(undefined\)$/m);
});

it('puts the command on the path, and the manual page where man looks', async () => {
  expect(await refreshd(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  const page = join(prefix, 'share/man/man1/refreshd.1');
  const lint = await resultOf(spawn('mandoc', ['-T', 'lint', page]));
  // A date would make a build of today another than one of tomorrow.
  const complaints = lint.stdout.split('\n').filter(line => !line.endsWith('missing date, using "": TH'));
  expect(complaints).toEqual(['']);
  const { stdout } = await resultOf(spawn('mandoc', ['-T', 'ascii', '-O', 'width=100', page]));
  const text = stdout.replaceAll(/.\x08/g, '');
  const { stdout: help } = await refreshd(['--help']);
  const commands = [...(/^Commands:\n([\s\S]+?)\n\n/m.exec(help)?.[1] ?? '').matchAll(/^ {2}(\w+)/gm)];
  expect(commands.length).toBeGreaterThan(10);
  for (const [, name] of commands) expect(text).toMatch(new RegExp(`^ +refreshd ${name}\\b`, 'm'));
  for (const words of ['REFRESHD_SCHEDULE=0 3 * * 0', '--home <folder>', 'The same as the command run', '75'])
    expect(text).toContain(words);
});

it('says in a folder that is no home what to do, and changes nothing', async () => {
  const said = `${lab.home} is no home of refreshd: it has neither a compose file nor a refreshd.env.`;
  const hint =
    'Go to the folder of your docker-compose.yml, name it with --home, or begin one here with refreshd init.';
  expect(await refreshd(['check'])).toEqual({ code: 2, stdout: '', stderr: `refreshd: ${said} ${hint}\n` });
  const { code, stdout } = await refreshd(['doctor']);
  expect(code).toBe(1);
  expect(stdout).toContain(`bad\thome\t${said}\n`);
  expect(stdout).toContain(`home: ${hint}\n`);
  expect(readdirSync(lab.home)).toEqual([]);
  expect(existsSync(join(prefix, 'lib/node_modules/refreshd/state'))).toBe(false);
});

it('leads from an empty folder to a stack that is kept up to date', async () => {
  const begun = await refreshd(['init']);
  expect(begun).toMatchObject({ code: 0, stderr: '' });
  expect(begun.stdout).toBe(
    [
      `written  ${lab.home}/docker-compose.yml`,
      `written  ${lab.home}/.env.example`,
      `written  ${lab.home}/refreshd.env`,
      `written  ${lab.home}/.gitignore`,
      '',
      'Next:',
      '  cp .env.example .env && chmod 600 .env    # then fill in what is required',
      '  refreshd doctor                           # is anything amiss?',
      '  refreshd up                               # start the stack',
      '  refreshd check                            # what would be updated?',
      '  refreshd install                          # stay, and update every Sunday at 03:00',
      '',
    ].join('\n'),
  );

  const env = join(lab.home, '.env');
  copyFileSync(join(lab.home, '.env.example'), env);
  chmodSync(env, 0o600);
  const early = await refreshd(['doctor']);
  expect(early.code).toBe(1);
  expect(early.stdout).toMatch(/^bad\t\.env of the stack\t.*AUTOTASK_SECRET/m);
  writeFileSync(env, readFileSync(env, 'utf8').replaceAll(/^(AUTOTASK_\w+)=$/gm, '$1=value'));
  expect(await refreshd(['doctor'])).toMatchObject({ code: 0, stdout: expect.not.stringMatching(/^bad/m) });

  await lab.publish({ version: '1', healthcheck: true });
  expect((await compose(lab, 'up', '-d', '--quiet-pull')).code).toBe(0);
  expect(await refreshd(['check'])).toMatchObject({ code: 0, stdout: expect.stringContaining('current') });
  await lab.publish({ version: '2', healthcheck: true });
  expect(await refreshd(['check'])).toMatchObject({
    code: 10,
    stdout: expect.stringContaining('autotask-mcp'),
  });
  const inside = join(lab.home, 'docs');
  mkdirSync(inside);
  expect((await refreshd(['check'], inside)).code).toBe(2);
  expect((await refreshd(['check', '--home', '..'], inside)).code).toBe(10);

  const again = await refreshd(['init', '--json']);
  expect(JSON.parse(again.stdout)).toEqual({
    schema: 'refreshd.init/1',
    home: lab.home,
    written: [],
    left: ['docker-compose.yml', '.env.example', 'refreshd.env', '.gitignore'].map(name =>
      join(lab.home, name),
    ),
  });
});

it('finds its own files where npm has put them', async () => {
  await refreshd(['init', 'my home'], folder);
  const home = join(folder, 'my home');
  const script = readFileSync(join(CHECKOUT, 'completions/refreshd.zsh'), 'utf8');
  expect(await refreshd(['complete', 'zsh'])).toEqual({ code: 0, stdout: script, stderr: '' });
  mkdirSync('/run/systemd/system', { recursive: true });
  const { code, stdout, stderr } = await refreshd(['install', '--dry-run'], home);
  rmSync('/run/systemd', { recursive: true });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`for ${home}:`);
  expect(stdout).toContain('/lib/node_modules/refreshd/dist/cli/main.js');
  expect(stdout).toContain('Nothing was changed, as --dry-run says.');
});
