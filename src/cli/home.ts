import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../base/failure.ts';
import { composeFile } from './compose.ts';
import { PACKAGE_FOLDER } from './package-folder.ts';

/** The home cannot be used, or made. */
export class HomeError extends Failure<'no-such-folder' | 'not-named' | 'not-writable'> {}

/** The folder that everything is about: with `docker-compose.yml`, `refreshd.env`, `logs/` and `state/`. */
export interface Home {
  /** Links resolved. */
  readonly path: string;
  /** A hash of the path, short enough for a label. */
  readonly id: string;
}

/** Where a home is looked for that is not named. */
export interface Surroundings {
  readonly packageFolder: string;
  readonly currentFolder: string;
}

const HERE: Surroundings = {
  packageFolder: PACKAGE_FOLDER,
  get currentFolder() {
    return process.cwd();
  },
};

/**
 * @param given `--home`, else `REFRESHD_HOME`, else undefined: then it is the checkout that this program is in, or,
 *   where npm installed it, the current folder
 * @throws HomeError
 */
export function findHome(given: string | undefined, around = HERE): Home {
  const path = resolve(given ?? unnamed(around));
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new HomeError('no-such-folder', `The home ${path} is not a folder.`, {
      hint: 'Name the folder of your docker-compose.yml with --home.',
    });
  }
  const real = realpathSync(path);
  return { path: real, id: createHash('sha256').update(real).digest('hex').slice(0, 12) };
}

function unnamed({ packageFolder, currentFolder }: Surroundings): string {
  // What npm installs it replaces as a whole: nothing of a user's may live there.
  if (!/[/\\]node_modules[/\\]/.test(packageFolder)) return packageFolder;
  if (composeFile(currentFolder) !== undefined || existsSync(join(currentFolder, 'refreshd.env')))
    return currentFolder;
  throw new HomeError(
    'not-named',
    `${currentFolder} is no home of refreshd: it has neither a compose file nor a refreshd.env.`,
    {
      hint: 'Go to the folder of your docker-compose.yml, name it with --home, or begin one here with refreshd init.',
    },
  );
}
