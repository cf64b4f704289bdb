import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A wall clock for child processes that can be set while they run; their other clocks go on as ever. */
export interface ShiftedClock {
  /** For the environment of those who are to live by it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sets it so many seconds ahead of the real one, or behind it. */
  shift(seconds: number): void;
  /** What it shows, in milliseconds since 1970. */
  now(): number;
}

/** @param folder holds the file that says how far it is off */
export function shiftedClock(folder: string): ShiftedClock {
  const file = join(folder, 'clock');
  let shifted = 0;
  const shift = (seconds: number) => {
    shifted = Math.round(seconds);
    writeFileSync(file, `${shifted >= 0 ? '+' : ''}${shifted}\n`);
  };
  shift(0);
  return {
    environment: {
      LD_PRELOAD: findLibrary(),
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    shift,
    now: () => Date.now() + shifted * 1000,
  };
}

/** Debian has a folder for each architecture. */
function findLibrary(): string {
  const places = readdirSync('/usr/lib').map(each => join('/usr/lib', each, 'faketime/libfaketimeMT.so.1'));
  const found = places.find(each => existsSync(each));
  if (found === undefined) throw new Error('libfaketime is missing');
  return found;
}
