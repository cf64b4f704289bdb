import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemCode } from '../base/failure.ts';
import { type InstalledJob, LABEL, launchdJob, readJob } from './launchd-job.ts';
import { checkHome } from './other-home.ts';
import { planLaunchdInstall, planLaunchdRemoval } from './plan-launchd.ts';
import type { RunProgram } from './run-program.ts';
import { ServiceError } from './service-error.ts';
import type {
  InstalledService,
  InstallRequest,
  Proposal,
  RemovalRequest,
  ServiceHost,
  ServiceState,
} from './service-host.ts';
import { describeProgram } from './started-program.ts';

const NOT_LOADED = 'not loaded';
const AS_ROOT =
  'The service runs as root. An engine on a Mac belongs to whoever is logged in: without sudo the service is yours alone, or name the user with --user.';

/** Who asks. */
export interface LaunchdOptions {
  /** The user's id; 0 for the launchd of the machine. */
  readonly uid: number;
  /** The user's home folder. */
  readonly userHome: string;
  /** Where the machine's jobs are. */
  readonly daemons: string;
  readonly run: RunProgram;
}

/** The launchd of a Mac, or of a user who is logged in. */
export function openLaunchd(options: LaunchdOptions): ServiceHost {
  return {
    proposeInstall: request => proposeInstall(request, options),
    proposeRemoval: request => proposeRemoval(request, options),
    look: () => look(options),
    find: () => findService(options),
  };
}

async function findService(options: LaunchdOptions): Promise<InstalledService | undefined> {
  const installed = await findInstalledJob(jobFileOf(options));
  if (installed === undefined) return undefined;
  const state = await look(options);
  const isLoaded = state.words !== NOT_LOADED;
  const bootstrap = `launchctl bootstrap ${domainOf(options)} '${jobFileOf(options)}'`;
  return {
    what: wordsFor(options),
    ...installed,
    notStarted: isLoaded ? undefined : { why: 'launchd does not know it', remedy: bootstrap },
    state,
  };
}

function domainOf({ uid }: LaunchdOptions): string {
  return uid === 0 ? 'system' : `gui/${uid}`;
}

function jobFileOf({ uid, userHome, daemons }: LaunchdOptions): string {
  return join(uid === 0 ? daemons : join(userHome, 'Library/LaunchAgents'), `${LABEL}.plist`);
}

function wordsFor({ uid }: LaunchdOptions): string {
  return uid === 0 ? 'a LaunchDaemon of this Mac' : 'your LaunchAgent';
}

async function proposeInstall(request: InstallRequest, options: LaunchdOptions): Promise<Proposal> {
  const { uid } = options;
  await checkDomain(options);
  if (request.user !== undefined && uid !== 0)
    throw new ServiceError('unsuitable', 'Only root can install a service that runs as another user.', {
      hint: 'Leave --user out, or use sudo.',
    });
  const jobFile = jobFileOf(options);
  const installed = await findInstalledJob(jobFile);
  checkHome(installed?.home, request.home);
  const { program, warnings } = await describeProgram(request);
  const user = request.user === 'root' ? undefined : request.user;
  const template = fileURLToPath(new URL('../../launchd/refreshd.plist', import.meta.url));
  const changes = planLaunchdInstall({
    domain: domainOf(options),
    jobFile,
    job: launchdJob(await readFile(template, 'utf8'), program, user),
    home: program.home,
    isUpgrade: installed !== undefined,
    user,
  });
  return {
    what: wordsFor(options),
    home: program.home,
    changes,
    warnings: [...warnings, ...(uid === 0 && request.user === undefined ? [AS_ROOT] : [])],
    left: [],
  };
}

/** @returns the job that is there, if one is @throws ServiceError for one that we did not write */
async function findInstalledJob(jobFile: string): Promise<InstalledJob | undefined> {
  const text = await readFile(jobFile, 'utf8').catch(error => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new ServiceError('taken', `${jobFile} cannot be read (${systemCode(error)}).`, { cause: error });
  });
  if (text === undefined) return undefined;
  const job = readJob(text);
  if (job !== undefined) return job;
  throw new ServiceError('taken', `${jobFile} was not written by refreshd.`, {
    hint: 'Move it away, then do the same once more.',
  });
}

/** @throws ServiceError where nobody is logged in at the screen: only there agents are started */
async function checkDomain(options: LaunchdOptions): Promise<void> {
  if ((await options.run(['launchctl', 'print', domainOf(options)])).code === 0) return;
  throw new ServiceError('no-supervisor', 'launchd has no session for you, as over ssh.', {
    hint: 'Log in at the screen of this Mac and run it there, or install it for the whole Mac with sudo and --user.',
  });
}

async function proposeRemoval(
  { home, purge }: RemovalRequest,
  options: LaunchdOptions,
): Promise<Proposal | undefined> {
  const jobFile = jobFileOf(options);
  const installed = (await findInstalledJob(jobFile))?.home;
  if (installed === undefined) return undefined;
  if (home !== undefined) checkHome(installed, home);
  const { changes, left } = planLaunchdRemoval({
    domain: domainOf(options),
    jobFile,
    home: installed,
    purge,
  });
  return { what: wordsFor(options), home: installed, changes, warnings: [], left };
}

async function look(options: LaunchdOptions): Promise<ServiceState> {
  const { code, stdout } = await options.run(['launchctl', 'print', `${domainOf(options)}/${LABEL}`]);
  const state = /^\s*state = (.+)$/m.exec(stdout)?.[1] ?? (code === 0 ? 'unknown' : NOT_LOADED);
  return { isRunning: state === 'running', words: state, status: undefined };
}
