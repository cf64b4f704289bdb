import { lstatSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import roll from 'pino-roll';
import { Failure, systemCode } from '../base/failure.ts';

/** The log cannot be written where it should be. */
export class LogError extends Failure<'in-the-way' | 'not-writable'> {}

export interface RollingFileOptions {
  readonly folder: string;
  /** Bytes after which a new file is begun. */
  readonly size: number;
  /** How many files are kept. */
  readonly keep: number;
  /** Called at most once if writing begins to fail, say on a full disk. */
  readonly onTrouble: (code: string) => void;
}

export interface RollingFile {
  write(line: string): void;
  close(): void;
}

/** What people tail: a link to the file that is being written. */
const LINK = 'update.log';

/** Writes lines to `update.<n>.log`, a new one whenever the last is full, with `update.log` always at the newest. */
export async function openRollingFile({
  folder,
  size,
  keep,
  onTrouble,
}: RollingFileOptions): Promise<RollingFile> {
  const link = join(folder, LINK);
  checkLink(link);
  const stream = await roll({
    file: join(folder, 'update'),
    extension: '.log',
    size: `${size}b`,
    limit: { count: keep, removeOtherLogFiles: true },
    sync: true,
  });
  let trouble = false;
  stream.on('error', error => {
    if (!trouble) onTrouble(systemCode(error) ?? 'unknown error');
    trouble = true;
  });
  let linked = '';
  const follow = () => {
    // pino-roll begins a new file by itself; where it is now is only to be seen from the stream.
    const current = basename(stream.file);
    if (current !== linked) pointLink(link, current);
    linked = current;
  };
  follow();
  return {
    write: line => {
      stream.write(`${line}\n`);
      follow();
    },
    close: () => {
      stream.flushSync();
      stream.end();
    },
  };
}

function checkLink(link: string): void {
  const stats = lstatSync(link, { throwIfNoEntry: false });
  if (stats === undefined || stats.isSymbolicLink()) return;
  throw new LogError(
    'in-the-way',
    `${link} is in the way: it should be a link of ours to the newest log file.`,
    {
      hint: 'Move it away.',
    },
  );
}

/** Replaced in one go, so that `tail -F` never finds it missing. */
function pointLink(link: string, target: string): void {
  const stats = lstatSync(link, { throwIfNoEntry: false });
  if (stats !== undefined && readlinkSync(link) === target) return;
  const temporary = `${link}.${process.pid}.tmp`;
  symlinkSync(target, temporary);
  renameSync(temporary, link);
}
