import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import roll, { type RollingStream } from 'pino-roll';
import { Failure, systemCode } from '../base/failure.ts';

/** The log cannot be written where it should be. */
export class LogError extends Failure<'in-the-way' | 'not-writable'> {}

export interface RollingFileOptions {
  readonly folder: string;
  /** Bytes after which a new file is begun. */
  readonly size: number;
  /** How many files are kept, the one that is written included; at least 2. */
  readonly keep: number;
  /** Called at most once if writing begins to fail, say on a full disk. */
  readonly onTrouble: (code: string) => void;
}

export interface RollingFile {
  write(line: string): void;
  /** Once what is written is on its way to the disk, and a file that is full has made room for a new one. */
  close(): Promise<void>;
}

const NUMBERED = /^update\.(\d+)\.log$/;
/** Moving on takes some milliseconds; a disk that answers no more must not keep a process from leaving. */
const PATIENCE = 2000;
/** What people tail: a link to the newest file. */
const LINK = 'update.log';

/** Writes lines to `update.<n>.log`, a new one whenever the last is full, with `update.log` always at the newest. */
export async function openRollingFile(options: RollingFileOptions): Promise<RollingFile> {
  const link = join(options.folder, LINK);
  const detour = openDetour(options.folder);
  const stream = await openStream(options, link, detour?.path ?? options.folder);
  let isTroubled = false;
  stream.on('error', error => {
    if (!isTroubled) options.onTrouble(systemCode(error) ?? 'unknown error');
    isTroubled = true;
  });
  pointForward(link, basename(stream.file));
  const rolled = followRolls(stream, options.size);
  return {
    write: line => {
      followOthers(stream, link, options.folder);
      stream.write(`${line}\n`);
      // pino-roll goes on to the next file by itself; the link follows with the first line there.
      pointForward(link, basename(stream.file));
    },
    close: async () => {
      stream.flushSync();
      await rolled();
      stream.end();
      detour?.close();
    },
  };
}

/**
 * pino-roll goes on to the next file, and removes old ones, a moment after the line that fills one. Whoever writes a
 * single line would be gone by then each time, and the file would grow for ever.
 * @returns waits until that is through, where it is under way
 */
function followRolls(stream: RollingStream, most: number): () => Promise<void> {
  let size = statSync(stream.file, { throwIfNoEntry: false })?.size ?? 0;
  let rolling: Promise<void> | undefined;
  stream.on('write', (written: number) => {
    size += written;
    if (size < most) return;
    size = 0;
    rolling = new Promise(resolve => {
      for (const end of ['cleanup-complete', 'error']) stream.once(end, resolve);
    });
  });
  return async () => {
    if (rolling !== undefined) await Promise.race([rolling, sleep(PATIENCE, undefined, { ref: false })]);
  };
}

/** What pino-roll takes in no path, because Windows does not. */
const REFUSED = /[<>:"|?*]/;

/** Another path to a folder whose own pino-roll refuses: Linux has one for each folder that is open. */
function openDetour(folder: string): { readonly path: string; close(): void } | undefined {
  if (!REFUSED.test(folder)) return undefined;
  if (process.platform !== 'linux')
    throw new LogError(
      'not-writable',
      `No log can be written in ${folder}, because of a character in that path.`,
      {
        hint: 'Rename the folder, without any of < > : " | ? *.',
      },
    );
  const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { path: `/proc/self/fd/${descriptor}`, close: () => closeSync(descriptor) };
}

async function openStream(
  { folder, size, keep }: RollingFileOptions,
  link: string,
  path: string,
): Promise<RollingStream> {
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found !== undefined && !found.isSymbolicLink()) {
    throw inTheWay(link, 'a link of ours to the newest log file');
  }
  // A link would have us write to what it leads to, a pipe would have us wait for a reader.
  for (const name of readdirSync(folder).filter(each => NUMBERED.test(each))) {
    const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (stats !== undefined && (!stats.isFile() || stats.nlink > 1))
      throw inTheWay(join(folder, name), 'a plain log file of ours');
  }
  try {
    return await roll({
      file: join(path, 'update'),
      extension: '.log',
      size: `${size}b`,
      limit: { count: keep, removeOtherLogFiles: true },
      sync: true,
    });
  } catch (error) {
    throw new LogError(
      'not-writable',
      `The newest log file in ${folder} cannot be written (${systemCode(error) ?? 'unknown error'}).`,
      {
        hint: 'It must belong to the user that runs refreshd; remove or hand over what another user wrote there.',
        cause: error,
      },
    );
  }
}

function inTheWay(path: string, instead: string): LogError {
  return new LogError('in-the-way', `${path} is in the way: it should be ${instead}.`, {
    hint: 'Move it away.',
  });
}

/** Another process may have gone on to a newer file meanwhile; lines belong where people look. */
function followOthers(stream: RollingStream, link: string, folder: string): void {
  const newest = targetOf(link);
  if (newest !== undefined && numberOf(newest) > numberOf(basename(stream.file)))
    stream.reopen(join(folder, newest));
}

/** Replaced in one go, so that `tail -F` never finds it missing; and never back to an older file. */
function pointForward(link: string, target: string): void {
  const before = targetOf(link);
  if (before !== undefined && numberOf(before) >= numberOf(target)) return;
  const temporary = `${link}.${randomBytes(6).toString('hex')}.tmp`;
  symlinkSync(target, temporary);
  renameSync(temporary, link);
}

function targetOf(link: string): string | undefined {
  // A link that leads nowhere counts as none: what it named was removed by hand. So does one out of the folder.
  const target = existsSync(link) ? readlinkSync(link) : '';
  return NUMBERED.test(target) ? target : undefined;
}

function numberOf(name: string): number {
  return Number(NUMBERED.exec(name)?.[1] ?? 0);
}
