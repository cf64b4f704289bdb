import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { systemCode } from '../base/failure.ts';
import { type Note, noteOfUnit } from './note.ts';
import type { RunProgram } from './run-program.ts';
import { ServiceError } from './service-error.ts';
import type { ServiceState } from './service-host.ts';

/** A unit of ours that is there. */
export interface InstalledUnit {
  readonly path: string;
  readonly text: string;
  readonly note: Note;
}

/** @returns undefined if there is none @throws ServiceError for one that we did not write */
export async function findInstalledUnit(path: string): Promise<InstalledUnit | undefined> {
  const text = await readFile(path, 'utf8').catch(error => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new ServiceError('taken', `${path} cannot be read (${systemCode(error)}).`, { cause: error });
  });
  if (text === undefined) return undefined;
  const note = noteOfUnit(text);
  if (note !== undefined) return { path, text, note };
  throw new ServiceError('taken', `${path} was not written by refreshd.`, {
    hint: 'Move it away, then do the same once more.',
  });
}

/** @param name `system` or `user` */
export function readUnitTemplate(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../../systemd/${name}.service`, import.meta.url)), 'utf8');
}

/** What the user added to a unit, if anything. */
export async function findDropIns(unitFile: string): Promise<string | undefined> {
  const folder = `${unitFile}.d`;
  return (await isEmptyFolder(folder)) ? undefined : folder;
}

/** Whether a folder has nothing in it, or is not there. */
export async function isEmptyFolder(path: string): Promise<boolean> {
  return (await readdir(path).catch(() => [])).length === 0;
}

/** systemd's version, as a number: 252. @param systemctl the command, with `--user` for a user's */
export async function askSystemdVersion(run: RunProgram): Promise<number> {
  const { stdout } = await run(['systemctl', '--version']);
  return Number(/^systemd (\d+)/.exec(stdout)?.[1] ?? 0);
}

/** The program that a unit starts, as systemd has read it. @param systemctl the command, with `--user` for a user's */
export async function askStartedNode(
  unit: string,
  systemctl: readonly string[],
  run: RunProgram,
): Promise<string | undefined> {
  const { stdout } = await run([...systemctl, 'show', '--property=ExecStart', unit]);
  // systemd.exec(5): `ExecStart={ path=/usr/bin/node ; argv[]=… ; …`
  return /^ExecStart=\{ path=(.+?) ; argv\[\]=/m.exec(stdout)?.[1];
}

/** Whether a unit is started by itself. @param systemctl the command, with `--user` for a user's */
export async function isEnabled(
  unit: string,
  systemctl: readonly string[],
  run: RunProgram,
): Promise<boolean> {
  return (await run([...systemctl, 'is-enabled', unit])).stdout.startsWith('enabled');
}

/** How a unit is now. @param systemctl the command, with `--user` for a user's */
export async function lookAtUnit(
  unit: string,
  systemctl: readonly string[],
  run: RunProgram,
): Promise<ServiceState> {
  const properties = '--property=ActiveState,SubState,StatusText';
  const { stdout } = await run([...systemctl, 'show', properties, unit]);
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(stdout)?.[1] ?? '';
  return {
    isRunning: value('ActiveState') === 'active',
    words: `${value('ActiveState')} (${value('SubState')})`,
    status: value('StatusText') || undefined,
  };
}
