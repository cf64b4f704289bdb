import { existsSync } from 'node:fs';
import { chmod, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemCode } from '../base/failure.ts';
import { composeFile } from './compose.ts';
import { HomeError } from './home.ts';
import { PACKAGE_FOLDER } from './package-folder.ts';

/** A file of a new home. */
interface Template {
  readonly name: string;
  /** Its name in this package. */
  readonly from?: string;
  /** What is in it, where npm would not carry a file of that name. */
  readonly content?: string;
  /** Whether it is of use only beside our own compose file. */
  readonly ofOurStack?: true;
}

const TEMPLATES: readonly Template[] = [
  { name: 'docker-compose.yml', from: 'docker-compose.yml', ofOurStack: true },
  { name: '.env.example', from: '.env.example', ofOurStack: true },
  { name: 'refreshd.env', from: 'refreshd.env.example' },
  { name: '.gitignore', content: '.env\nlogs/\nstate/\n' },
];

/** What became of each file. All paths are absolute. */
export interface NewHome {
  readonly path: string;
  readonly written: readonly string[];
  /** They were there, and are as they were. */
  readonly left: readonly string[];
}

/**
 * Makes a folder a home, and the folder if there is none. Nothing that is there is changed; beside another's compose
 * file, none of ours is written. There is no secret in these files, and a service under a user of its own has to read
 * them, so that all may.
 * @throws HomeError where that cannot be done
 */
export async function makeHome(folder: string): Promise<NewHome> {
  const path = resolve(folder);
  const written: string[] = [];
  const left: string[] = [];
  try {
    if (!existsSync(path)) await makeFolder(path);
    const stack = composeFile(path);
    const isOurs = stack === undefined || stack === join(path, 'docker-compose.yml');
    if (!isOurs) left.push(stack);
    for (const template of TEMPLATES.filter(({ ofOurStack }) => isOurs || !ofOurStack)) {
      const file = join(path, template.name);
      ((await writeNew(file, await contentOf(template))) ? written : left).push(file);
    }
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new HomeError('not-writable', `${path} cannot be made a home (${code}).`, {
      hint: 'Choose a folder in which you may write, on a disk that has room.',
      cause: error,
    });
  }
  return { path, written, left };
}

function contentOf({ from, content }: Template): Promise<string> | string {
  return from === undefined ? (content ?? '') : readFile(join(PACKAGE_FOLDER, from), 'utf8');
}

/** Others have to come through it, whatever the umask; those that it had to make above it, too. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) await chmod(at, 0o755);
}

/** @returns whether it was written; a link that leads nowhere is there as well */
async function writeNew(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.chmod(0o644);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}
