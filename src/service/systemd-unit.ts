import { basename, dirname } from 'node:path';
import { fillTemplate } from './fill-template.ts';
import type { Note } from './note.ts';
import type { StartedProgram } from './started-program.ts';
import { inCommand, inQuotes } from './systemd-text.ts';

/** What a unit is made of beside its template. */
export interface UnitParts {
  readonly program: StartedProgram;
  /** systemd's own version; older ones do not know every line. */
  readonly systemd: number;
  readonly note: Note;
}

/** What a unit of the whole machine needs beside that. */
export interface SystemUnitParts extends UnitParts {
  /** The user that it runs as. */
  readonly user: string;
  /** The folder that user calls its home. */
  readonly userHome: string;
  /** The group whose members may use the engine, if that is how the user may. */
  readonly group: string | undefined;
  /** The folder of the engine's socket, if there is a socket. */
  readonly socketFolder: string | undefined;
  /** The folder below /var/lib that systemd makes for it, if it is to have one. */
  readonly stateDirectory: string | undefined;
}

/** The unit of a user. @param template of `systemd/user.service` */
export function userUnit(template: string, parts: UnitParts): string {
  return fillTemplate(template, commonValues(parts));
}

/** The unit of the machine. @param template of `systemd/system.service` */
export function systemUnit(template: string, parts: SystemUnitParts): string {
  const { program, user, userHome, group, socketFolder, stateDirectory } = parts;
  const nodeFolder = folderOfNode(program.node);
  const programFolder = folderOfProgram(program.file);
  const shown = [...new Set([programFolder, nodeFolder, program.home])].filter(isHidden).map(inQuotes);
  // What may be missing: nobody has logged in yet, or the engine makes its folder anew.
  const usesSsh = program.environment.some(([name, value]) => name === 'DOCKER_HOST' && /^ssh:/i.test(value));
  const mayBeMissing = [
    `${userHome}/.docker`,
    usesSsh ? `${userHome}/.ssh` : undefined,
    socketFolder,
    ...filesNamedIn(program.environment),
  ];
  const shownIfThere = mayBeMissing
    .filter(path => path !== undefined && isHidden(path))
    .map(path => `-${inQuotes(path ?? '')}`);
  return fillTemplate(template, {
    ...commonValues(parts),
    NEEDED: [program.home, program.file, program.node].map(inQuotes),
    USER: [user],
    GROUP: group === undefined ? [] : [group],
    HIDDEN: usesSsh ? [] : ['-/etc/ssh'],
    SHOWN: [...shown, ...shownIfThere],
    WRITABLE: [`${program.home}/state`, `${program.home}/logs`].map(inQuotes),
    STATE_DIRECTORY: stateDirectory === undefined ? [] : [stateDirectory],
    EXECUTABLE: /^\/usr(\/|$)/.test(nodeFolder) ? [] : [inQuotes(nodeFolder)],
  });
}

function commonValues({ program, systemd, note }: UnitParts) {
  const growsPauses = systemd >= 254;
  return {
    NODE: [inCommand(program.node)],
    PROGRAM: [inCommand(program.file)],
    HOME: [inCommand(program.home)],
    ENVIRONMENT: program.environment.map(([name, value]) => inQuotes(`${name}=${value}`)),
    RESTART_STEPS: growsPauses ? ['6'] : [],
    RESTART_MOST: growsPauses ? ['300'] : [],
    VERSION: [note.version],
    HOME_NOTED: [JSON.stringify(note.home)],
    OURS: [note.ours.join(' ')],
  };
}

/** The files and folders that variables of a service lead to. */
function filesNamedIn(environment: StartedProgram['environment']): readonly string[] {
  const names = ['DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'];
  return environment.flatMap(([name, value]) =>
    names.includes(name) && value.startsWith('/') ? [value] : [],
  );
}

/** Whether a unit with ProtectHome= and PrivateTmp= does not see a path by itself (systemd.exec(5)). */
function isHidden(path: string): boolean {
  return ['/home', '/root', '/run/user', '/tmp', '/var/tmp'].some(
    folder => path === folder || path.startsWith(`${folder}/`),
  );
}

/** What has to be seen for a Node to run: the folder above its `bin`, or all of a package manager's. */
function folderOfNode(node: string): string {
  const [, brew] = /^(.+)\/(?:Cellar|opt)\/node(?:@\d+)?\//.exec(node) ?? [];
  if (brew !== undefined) return brew;
  const [, store] = /^(\/nix|\/snap)\//.exec(node) ?? [];
  if (store !== undefined) return store;
  const folder = dirname(node);
  return basename(folder) === 'bin' ? dirname(folder) : folder;
}

/** The folder of a program's package with all packages beside it: above `dist/cli`, or the outermost `node_modules`. */
function folderOfProgram(file: string): string {
  const [, outer] = /^(.*?\/node_modules)\//.exec(file) ?? [];
  return outer ?? dirname(dirname(dirname(file)));
}
