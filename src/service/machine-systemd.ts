import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readDockerHost } from '../engine/docker-host.ts';
import { chooseAccount, OWN_ACCOUNT, type ServiceAccount } from './choose-account.ts';
import {
  askStartedNode,
  askSystemdVersion,
  findDropIns,
  findInstalledUnit,
  isEmptyFolder,
  isEnabled,
  lookAtUnit,
  readUnitTemplate,
} from './installed-unit.ts';
import { checkHome } from './other-home.ts';
import { planSystemdInstall, planSystemdRemoval, UNIT } from './plan-systemd.ts';
import type { RunProgram } from './run-program.ts';
import type {
  InstalledService,
  InstallRequest,
  Proposal,
  RemovalRequest,
  ServiceHost,
} from './service-host.ts';
import { describeProgram, type StartedProgram } from './started-program.ts';
import { systemUnit } from './systemd-unit.ts';

/** Where units of the machine's own are. */
export const UNIT_FILE = `/etc/systemd/system/${UNIT}`;
const SYSTEMCTL = ['systemctl'];
const WHAT = 'the systemd service of this machine';

/** The systemd of the machine; to be asked as root. */
export function openMachineSystemd(run: RunProgram): ServiceHost {
  return {
    proposeInstall: request => proposeInstall(request, run),
    proposeRemoval,
    look: () => lookAtUnit(UNIT, SYSTEMCTL, run),
    find: () => findMachineService(run),
  };
}

/** The machine's service, which everybody may look at. */
export async function findMachineService(run: RunProgram): Promise<InstalledService | undefined> {
  const installed = await findInstalledUnit(UNIT_FILE);
  if (installed === undefined) return undefined;
  const notStarted = { why: 'it does not start at boot', remedy: `sudo systemctl enable ${UNIT}` };
  return {
    what: WHAT,
    home: installed.note.home,
    node: await askStartedNode(UNIT, SYSTEMCTL, run),
    notStarted: (await isEnabled(UNIT, SYSTEMCTL, run)) ? undefined : notStarted,
    state: await lookAtUnit(UNIT, SYSTEMCTL, run),
  };
}

async function proposeInstall(request: InstallRequest, run: RunProgram): Promise<Proposal> {
  const installed = await findInstalledUnit(UNIT_FILE);
  checkHome(installed?.note.home, request.home);
  const { program, warnings } = await describeProgram(request);
  const { socketPath: socket } = readDockerHost(request.environment);
  const account = await chooseAccount({ asked: request.user, needs: needsOf(program, socket), run });
  const isOurs = account.isMissing || (installed?.note.ours.includes('account') ?? false);
  const unit = systemUnit(await readUnitTemplate('system'), {
    program,
    systemd: await askSystemdVersion(run),
    note: { version: request.version, home: program.home, ours: isOurs ? ['account'] : [] },
    user: account.name,
    userHome: account.home,
    group: account.group,
    socketFolder: socket === undefined ? undefined : dirname(socket),
    stateDirectory: account.home === OWN_ACCOUNT.home ? OWN_ACCOUNT.stateDirectory : undefined,
  });
  const changes = planSystemdInstall({
    scope: 'system',
    unitFile: UNIT_FILE,
    unit,
    home: program.home,
    isUpgrade: installed !== undefined,
    account: {
      name: account.name,
      madeWithHome: account.isMissing ? account.home : undefined,
      joins: account.joins ? account.group : undefined,
    },
  });
  const all = [...warnings, ...wordsOn(account), ...(await wordsOnOwner(program.file))];
  return { what: WHAT, home: program.home, changes, warnings: all, left: [] };
}

/** Whoever can change a program has the rights of what is started with it. */
async function wordsOnOwner(file: string): Promise<readonly string[]> {
  const { uid } = await stat(file);
  if (uid === 0) return [];
  return [
    `${file} belongs to user id ${uid}, who thereby has the rights of the service, and those are root's in the end.`,
  ];
}

function needsOf({ node, file, home }: StartedProgram, socket: string | undefined) {
  return { socket, folders: [home], files: [node, file, join(home, 'refreshd.env')] };
}

function wordsOn({ becauseNot }: ServiceAccount): readonly string[] {
  if (becauseNot === undefined) return [];
  return [
    `The service runs as root, because a user of its own may not ${becauseNot}. It is confined all the same; a home and a refreshd below /srv or /opt would do without root.`,
  ];
}

async function proposeRemoval({ home, purge }: RemovalRequest): Promise<Proposal | undefined> {
  const installed = await findInstalledUnit(UNIT_FILE);
  if (installed === undefined) return undefined;
  const { note } = installed;
  if (home !== undefined) checkHome(note.home, home);
  const hasAccount = note.ours.includes('account');
  const { changes, left } = planSystemdRemoval({
    scope: 'system',
    unitFile: UNIT_FILE,
    home: note.home,
    dropIns: await findDropIns(UNIT_FILE),
    givesBack: await isAnothers(note.home),
    ...(hasAccount && {
      account: { ...OWN_ACCOUNT, isHomeEmpty: await isEmptyFolder(OWN_ACCOUNT.home) },
    }),
    purge,
  });
  return { what: WHAT, home: note.home, changes, warnings: [], left };
}

/** Whether the state of a home belongs to another than the home itself. */
async function isAnothers(home: string): Promise<boolean> {
  const ownerOf = (path: string) => stat(path).then(({ uid }) => uid);
  return (await ownerOf(home)) !== (await ownerOf(join(home, 'state')).catch(() => ownerOf(home)));
}
