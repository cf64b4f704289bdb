import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from '../base/failure.ts';

/** The home cannot be used. */
export class HomeError extends Failure<'no-such-folder'> {}

/** The folder that everything is about: with `docker-compose.yml`, `refreshd.env`, `logs/` and `state/`. */
export interface Home {
  /** Links resolved. */
  readonly path: string;
  /** A hash of the path, short enough for a label. */
  readonly id: string;
}

/** @param given `--home`, else `REFRESHD_HOME`, else undefined for the checkout that this program is in */
export function findHome(given: string | undefined): Home {
  const path = resolve(given ?? checkout());
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new HomeError('no-such-folder', `The home ${path} is not a folder.`, {
      hint: 'Name the folder of your docker-compose.yml with --home.',
    });
  }
  const real = realpathSync(path);
  return { path: real, id: createHash('sha256').update(real).digest('hex').slice(0, 12) };
}

/** The folder above `dist/cli` or `src/cli`. */
function checkout(): string {
  return join(dirname(fileURLToPath(import.meta.url)), '..', '..');
}
