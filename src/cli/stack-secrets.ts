import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../base/failure.ts';
import { folderOpenToAll } from '../base/open-to-all.ts';
import { composeFile } from './compose.ts';
import { bad, ok, skipped, type Verdict } from './doctor/check.ts';
import { type EnvFile, readEnvFile } from './env-file.ts';

/** Names that have to have a value, and whether the environment may give it, too. */
interface Wanted {
  readonly inFile: readonly string[];
  readonly anywhere: readonly string[];
  /** Whether the compose file hands `.env` to a service, so that it must be there. */
  readonly isHandedOver: boolean;
}

/**
 * Looks at the stack's `.env`, which holds its secrets: whose it is, who can read it, and which names that must have
 * a value have none. Of values nothing more is looked at than whether there is one.
 */
export async function lookAtStackSecrets(
  home: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Verdict> {
  const path = join(home, '.env');
  const wanted = await findWanted(home);
  let file: EnvFile;
  try {
    file = await readEnvFile(path, { follow: false });
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') return unreadable(path, error);
    return whatIsMissing(home, wanted, {}, environment) ?? skipped('this stack has none');
  }
  return (
    (await whoCanReach(path, home, file)) ??
    whatIsMissing(home, wanted, file.entries, environment) ??
    ok(path)
  );
}

function unreadable(path: string, error: unknown): Verdict {
  const code = systemCode(error);
  if (code === 'ELOOP')
    return bad(`${path} is a link: what it leads to may be changed by others`, 'Put the file itself there.');
  const why = code ?? (error instanceof Error ? error.message : 'unknown error');
  return bad(`${path} cannot be read (${why})`, 'It should be a plain file of yours, mode 600.');
}

async function whoCanReach(path: string, home: string, file: EnvFile): Promise<Verdict | undefined> {
  const open = await folderOpenToAll(path);
  if (open !== undefined)
    return bad(
      `every user can write to ${open}, and so put another .env in the place of yours`,
      `Close it: chmod o-w '${open}'.`,
    );
  // Whoever owns the home owns the compose file, and so the stack.
  const owners = [0, process.getuid?.() ?? file.uid, (await stat(home)).uid];
  if (!owners.includes(file.uid))
    return bad(
      `${path} belongs to user id ${file.uid}, who can read and change it`,
      `Make it yours: sudo chown "$USER" '${path}'.`,
    );
  if ((file.mode & 0o077) !== 0)
    return bad(
      `others can read ${path} (mode ${(file.mode & 0o777).toString(8)})`,
      `Close it: chmod 600 '${path}'. If others have been on this machine, change what is in it.`,
    );
  if (file.names > 1)
    return bad(
      `${path} has a second name elsewhere, by which it can be changed`,
      'Put a copy of its own there.',
    );
  return undefined;
}

function whatIsMissing(
  home: string,
  { inFile, anywhere, isHandedOver }: Wanted,
  entries: EnvFile['entries'],
  environment: Readonly<Record<string, string | undefined>>,
): Verdict | undefined {
  const isEmpty = (value: string | undefined) => value === undefined || value.trim() === '';
  const empty = [
    ...inFile.filter(name => isEmpty(entries[name])),
    ...anywhere.filter(name => isEmpty(entries[name]) && isEmpty(environment[name])),
  ];
  const remedy = `Fill in what is missing: cp -n .env.example .env && chmod 600 .env, in ${home}.`;
  if (empty.length > 0) {
    const names = [...new Set(empty)].join(', ');
    return bad(`without a value in ${join(home, '.env')}: ${names}`, remedy);
  }
  return isHandedOver && Object.keys(entries).length === 0
    ? bad(`${join(home, '.env')} is missing or empty`, remedy)
    : undefined;
}

/** What the example leaves empty has to be filled in, and so has what the compose file asks for by `${NAME:?}`. */
async function findWanted(home: string): Promise<Wanted> {
  const example = await readEnvFile(join(home, '.env.example'), { follow: true }).catch(() => undefined);
  const path = composeFile(home);
  const text = path === undefined ? '' : await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').filter(line => !/^\s*#/.test(line));
  const asked = lines.join('\n').matchAll(/(?<!\$)\$\{([A-Za-z_]\w*):?\?/g);
  return {
    inFile: Object.entries(example?.entries ?? {}).flatMap(([name, value]) => (value === '' ? [name] : [])),
    anywhere: [...asked].map(([, name = '']) => name),
    isHandedOver: lines.some(line =>
      /^\s*(env_file:\s*|-\s*(path:\s*)?)["']?(\.\/)?\.env["']?\s*$/.test(line),
    ),
  };
}
