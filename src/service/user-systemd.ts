import { join } from 'node:path';
import {
  askStartedNode,
  askSystemdVersion,
  findDropIns,
  findInstalledUnit,
  isEnabled,
  lookAtUnit,
  readUnitTemplate,
} from './installed-unit.ts';
import { findMachineService, UNIT_FILE as MACHINE_UNIT_FILE } from './machine-systemd.ts';
import type { Note } from './note.ts';
import { checkHome } from './other-home.ts';
import { planSystemdInstall, planSystemdRemoval, UNIT } from './plan-systemd.ts';
import type { RunProgram } from './run-program.ts';
import { ServiceError } from './service-error.ts';
import type {
  InstalledService,
  InstallRequest,
  Proposal,
  RemovalRequest,
  ServiceHost,
} from './service-host.ts';
import { describeProgram } from './started-program.ts';
import { userUnit } from './systemd-unit.ts';

const SYSTEMCTL = ['systemctl', '--user'];
const ALONE = 'Lingering is off: the service runs only while you are logged in.';

/** Who asks. */
export interface UserSystemdOptions {
  /** The user's name. */
  readonly user: string;
  /** The folder of that user's settings: `~/.config`. */
  readonly configFolder: string;
  readonly run: RunProgram;
}

/** The systemd of a user; to be asked as that user. */
export function openUserSystemd(options: UserSystemdOptions): ServiceHost {
  return {
    proposeInstall: request => proposeInstall(request, options),
    proposeRemoval: request => proposeRemoval(request, options),
    look: () => lookAtUnit(UNIT, SYSTEMCTL, options.run),
    find: () => findService(options),
  };
}

/** The user's own service, or else the machine's. */
async function findService(options: UserSystemdOptions): Promise<InstalledService | undefined> {
  const { user, run } = options;
  const installed = await findInstalledUnit(unitFileOf(options));
  if (installed === undefined) return findMachineService(run);
  return {
    what: wordsFor(options),
    home: installed.note.home,
    node: await askStartedNode(UNIT, SYSTEMCTL, run),
    notStarted: await whyNotStarted(user, run),
    state: await lookAtUnit(UNIT, SYSTEMCTL, run),
  };
}

async function whyNotStarted(user: string, run: RunProgram): Promise<InstalledService['notStarted']> {
  if (!(await isEnabled(UNIT, SYSTEMCTL, run)))
    return { why: 'it does not start by itself', remedy: `systemctl --user enable ${UNIT}` };
  if (await isLingering(user, run)) return undefined;
  return {
    why: 'lingering is off, so it runs only while you are logged in',
    remedy: `sudo loginctl enable-linger ${user}`,
  };
}

function wordsFor({ user }: UserSystemdOptions): string {
  return `the systemd service of user ${user}`;
}

function unitFileOf({ configFolder }: UserSystemdOptions): string {
  return join(configFolder, 'systemd/user', UNIT);
}

async function proposeInstall(request: InstallRequest, options: UserSystemdOptions): Promise<Proposal> {
  const { user, run } = options;
  if (request.user !== undefined)
    throw new ServiceError('unsuitable', 'Only root can install a service that runs as another user.', {
      hint: 'Leave --user out, or use sudo.',
    });
  await checkSystemd(options);
  await checkMachine(request.home);
  const installed = await findInstalledUnit(unitFileOf(options));
  checkHome(installed?.note.home, request.home);
  const { program, warnings } = await describeProgram(request);
  const lingers = await isLingering(user, run);
  const turnsOn = request.linger && !lingers;
  const isOurs = turnsOn || (installed?.note.ours.includes('lingering') ?? false);
  const note: Note = { version: request.version, home: program.home, ours: isOurs ? ['lingering'] : [] };
  const changes = planSystemdInstall({
    scope: 'user',
    unitFile: unitFileOf(options),
    unit: userUnit(await readUnitTemplate('user'), { program, systemd: await askSystemdVersion(run), note }),
    home: program.home,
    isUpgrade: installed !== undefined,
    linger: turnsOn ? user : undefined,
  });
  return {
    what: `a systemd service of user ${user}`,
    home: program.home,
    changes,
    warnings: [...warnings, ...(request.linger || lingers ? [] : [ALONE])],
    left: [],
  };
}

/** @throws ServiceError if no systemd runs for this user */
async function checkSystemd({ user, run }: UserSystemdOptions): Promise<void> {
  if ((await run([...SYSTEMCTL, 'show-environment'])).code === 0) return;
  throw new ServiceError('no-supervisor', `No systemd runs for user ${user} here.`, {
    hint: `Log in as ${user} itself, not by sudo; or turn lingering on first: sudo loginctl enable-linger ${user}`,
  });
}

/** @throws ServiceError if the machine has a service for that home already */
async function checkMachine(home: string): Promise<void> {
  const machine = await findInstalledUnit(MACHINE_UNIT_FILE).catch(() => undefined);
  if (machine?.note.home !== home) return;
  throw new ServiceError('taken', `A service of the machine is installed for ${home} already.`, {
    hint: 'Remove that first: sudo refreshd uninstall',
  });
}

async function isLingering(user: string, run: RunProgram): Promise<boolean> {
  const { stdout } = await run(['loginctl', 'show-user', user, '--property=Linger', '--value']);
  return stdout.trim() === 'yes';
}

async function proposeRemoval(
  { home, purge }: RemovalRequest,
  options: UserSystemdOptions,
): Promise<Proposal | undefined> {
  const unitFile = unitFileOf(options);
  const installed = await findInstalledUnit(unitFile);
  if (installed === undefined) return undefined;
  await checkSystemd(options);
  const { note } = installed;
  if (home !== undefined) checkHome(note.home, home);
  const turnedOn = note.ours.includes('lingering');
  const { changes, left } = planSystemdRemoval({
    scope: 'user',
    unitFile,
    home: note.home,
    dropIns: await findDropIns(unitFile),
    givesBack: false,
    linger: turnedOn && (await isLingering(options.user, options.run)) ? options.user : undefined,
    purge,
  });
  return {
    what: wordsFor(options),
    home: note.home,
    changes,
    warnings: [],
    left,
  };
}
