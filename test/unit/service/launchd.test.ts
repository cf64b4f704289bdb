import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PlistValue, parse } from 'plist';
import { describe, expect, it } from 'vitest';
import { carryOut } from '../../../src/service/carry-out.ts';
import { openLaunchd } from '../../../src/service/launchd.ts';
import { launchdJob, readJob } from '../../../src/service/launchd-job.ts';
import { openRunProgram } from '../../../src/service/run-program.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const TEMPLATE = readFileSync('launchd/refreshd.plist', 'utf8');
/** What launchd.plist(5) defines, of what a job may have, and as what. */
const APPLES: Readonly<Record<string, readonly string[]>> = {
  Label: ['string'],
  UserName: ['string'],
  ProgramArguments: ['array of string'],
  EnvironmentVariables: ['dictionary of string'],
  RunAtLoad: ['boolean'],
  KeepAlive: ['boolean', 'dictionary'],
  ThrottleInterval: ['integer'],
  ExitTimeOut: ['integer'],
  Umask: ['integer', 'string'],
  HardResourceLimits: ['dictionary of integer'],
  StandardOutPath: ['string'],
  StandardErrorPath: ['string'],
};

function kindOf(value: PlistValue): string {
  if (Array.isArray(value)) return `array of ${[...new Set(value.map(kindOf))].join()}`;
  if (typeof value === 'object' && value !== null)
    return `dictionary of ${[...new Set(Object.values(value).map(kindOf))].join()}`;
  return Number.isInteger(value) ? 'integer' : typeof value;
}

const PROGRAM = {
  node: '/opt/homebrew/opt/node/bin/node',
  file: '/Users/jo/refreshd/dist/cli/main.js',
  home: '/Users/jo/my <"stack"> & 100% ünï',
  environment: [['DOCKER_HOST', 'unix:///Users/jo/.colima/docker.sock']] as const,
};
// biome-ignore lint/suspicious/noExplicitAny: looked at freely
const read = (text: string) => parse(text) as any;

describe('a job', () => {
  it.each([undefined, 'jo'])('has the keys that Apple documents, each of its kind (user: %s)', user => {
    const job = read(launchdJob(TEMPLATE, PROGRAM, user));
    for (const [key, value] of Object.entries(job))
      expect(APPLES[key], key).toContain(kindOf(value as PlistValue));
    expect(job.UserName).toBe(user);
  });

  it('is read back as it was meant', () => {
    const text = launchdJob(TEMPLATE, PROGRAM, undefined);
    const { ProgramArguments, EnvironmentVariables, ...others } = read(text);
    expect(ProgramArguments).toEqual([
      ...[
        PROGRAM.node,
        '--disable-proto=delete',
        '--no-addons',
        PROGRAM.file,
        'daemon',
        '--home',
        PROGRAM.home,
      ],
    ]);
    expect(EnvironmentVariables).toEqual({
      NODE_ENV: 'production',
      PATH: expect.stringMatching(/^\/opt\/homebrew\/opt\/node\/bin:\/opt\/homebrew\/bin:\/usr\/local\/bin:/),
      DOCKER_HOST: 'unix:///Users/jo/.colima/docker.sock',
    });
    expect(others).toEqual({
      Label: 'local.refreshd',
      RunAtLoad: true,
      KeepAlive: true,
      ThrottleInterval: 60,
      ExitTimeOut: 900,
      Umask: 0o077,
      HardResourceLimits: { Core: 0 },
      StandardOutPath: '/dev/null',
      StandardErrorPath: `${PROGRAM.home}/logs/launchd.log`,
    });
    expect(readJob(text)).toEqual({ home: PROGRAM.home, node: PROGRAM.node });
  });

  it.each([
    ['no property list', 'refreshd'],
    ["somebody else's", TEMPLATE.replace('@LABEL@', 'com.example')],
    ['one without a home', launchdJob(TEMPLATE, PROGRAM, undefined).replace('--home', '--house')],
  ])('is not ours if it is %s', (_, text) => {
    expect(readJob(text)).toBeUndefined();
  });
});

/** A stand-in for launchctl that writes down what it is told, and knows what is loaded. No Mac is at hand. */
function mac(uid: number, session = true) {
  const folder = realpathSync(tempFolder());
  const home = join(folder, 'home');
  mkdirSync(home);
  const program = join(folder, 'launchctl');
  writeFileSync(
    program,
    `#!/bin/sh
echo "$@" >> ${folder}/told
case "$1 $2" in
  "print "*/*/local.refreshd | "print system/local.refreshd")
    [ -e ${folder}/loaded ] || exit 113
    printf '%s = {\\n\\tactive count = 1\\n\\tstate = running\\n\\tpid = 42\\n}\\n' "$2" ;;
  "print "*) exit ${session ? 0 : 113} ;;
  "bootstrap "*) [ ! -e ${folder}/loaded ] || exit 5; touch ${folder}/loaded ;;
  "bootout "*) [ -e ${folder}/loaded ] || exit 3; (sleep 0.5; rm ${folder}/loaded) >/dev/null 2>&1 & ;;
esac
`,
  );
  chmodSync(program, 0o755);
  const run = openRunProgram({ PATH: `${folder}:${process.env['PATH']}` });
  const host = openLaunchd({ uid, userHome: join(folder, 'user'), daemons: join(folder, 'daemons'), run });
  const install = async (user?: string) => {
    const request = { home, node: '/usr/local/bin/node', file: '/opt/refreshd/dist/cli/main.js' };
    const proposal = await host.proposeInstall({
      ...{ ...request, version: '0.1.0', environment: {}, user, linger: true },
    });
    return { ...proposal, carriedOut: await carryOut(proposal.changes, run) };
  };
  const uninstall = async (purge = false) => {
    const proposal = await host.proposeRemoval({ home: undefined, purge });
    if (proposal !== undefined) await carryOut(proposal.changes, run);
    return proposal;
  };
  const told = () => {
    const text = readFileSync(join(folder, 'told'), 'utf8');
    writeFileSync(join(folder, 'told'), '');
    return text.trimEnd().replaceAll(folder, '~').split('\n');
  };
  return { folder, home, host, install, uninstall, told };
}

describe('on a Mac', () => {
  const JOB = 'gui/501/local.refreshd';

  it("a user's agent is loaded, enabled and started", async () => {
    const { install, told, host, folder } = mac(501);
    const { what, warnings } = await install();
    expect({ what, warnings }).toEqual({ what: 'your LaunchAgent', warnings: [] });
    expect(told()).toEqual([
      'print gui/501',
      `enable ${JOB}`,
      'bootstrap gui/501 ~/user/Library/LaunchAgents/local.refreshd.plist',
      `kickstart ${JOB}`,
    ]);
    expect(existsSync(join(folder, 'user/Library/LaunchAgents/local.refreshd.plist'))).toBe(true);
    expect(await host.look()).toEqual({ isRunning: true, words: 'running', status: undefined });
  });

  it('it is upgraded once the one before has ended', async () => {
    const { install, told } = mac(501);
    await install();
    told();
    await install();
    expect(told()).toEqual([
      'print gui/501',
      `bootout ${JOB}`,
      `print ${JOB}`,
      `print ${JOB}`,
      `enable ${JOB}`,
      'bootstrap gui/501 ~/user/Library/LaunchAgents/local.refreshd.plist',
      `kickstart ${JOB}`,
    ]);
  });

  it('it is removed, whether it is loaded or not', async () => {
    const { install, uninstall, told, host, folder, home } = mac(501);
    await install();
    told();
    expect((await uninstall())?.left).toEqual([`${home}/state`, `${home}/logs`]);
    expect(told()).toEqual([`bootout ${JOB}`, `print ${JOB}`, `print ${JOB}`]);
    expect(existsSync(join(folder, 'user/Library/LaunchAgents/local.refreshd.plist'))).toBe(false);
    expect(existsSync(`${home}/logs`)).toBe(true);
    expect(await host.look()).toEqual({ isRunning: false, words: 'not loaded', status: undefined });
    expect(await uninstall()).toBeUndefined();

    await install();
    await host.proposeRemoval({ home, purge: true });
    await uninstall(true);
    expect(existsSync(`${home}/logs`)).toBe(false);
  });

  it("root's daemon is the machine's, and it is said whose it would better be", async () => {
    const { install, told, folder } = mac(0);
    const { what, warnings } = await install();
    expect(what).toBe('a LaunchDaemon of this Mac');
    expect(warnings).toEqual([expect.stringMatching(/^The service runs as root\. .+ --user\.$/)]);
    expect(told()).toEqual([
      'print system',
      'enable system/local.refreshd',
      'bootstrap system ~/daemons/local.refreshd.plist',
      'kickstart system/local.refreshd',
    ]);
    expect(read(readFileSync(join(folder, 'daemons/local.refreshd.plist'), 'utf8')).UserName).toBeUndefined();
  });

  it('without a session of the user, nothing is begun', async () => {
    const { install, told } = mac(501, false);
    await expect(install()).rejects.toMatchObject({
      code: 'no-supervisor',
      message: 'launchd has no session for you, as over ssh.',
    });
    expect(told()).toEqual(['print gui/501']);
  });

  it('what somebody else wrote stays', async () => {
    const { install, folder } = mac(0);
    mkdirSync(join(folder, 'daemons'));
    const path = join(folder, 'daemons/local.refreshd.plist');
    writeFileSync(path, 'theirs');
    await expect(install()).rejects.toThrow(`${path} was not written by refreshd.`);
    expect(readFileSync(path, 'utf8')).toBe('theirs');
  });

  it('a service is not moved to another home', async () => {
    const { install, host, home } = mac(501);
    await install();
    const request = { home: '/', node: '/n', file: '/f', version: '1', environment: {}, linger: true };
    await expect(host.proposeInstall({ ...request, user: undefined })).rejects.toThrow(
      `The service that is installed is for ${home}, not for /.`,
    );
  });
});
