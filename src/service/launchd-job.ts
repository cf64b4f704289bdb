import { dirname, join } from 'node:path';
import { build, type PlistValue, parse } from 'plist';
import type { StartedProgram } from './started-program.ts';

type PlistObject = Readonly<Record<string, PlistValue>>;

/** What launchd knows it by. */
export const LABEL = 'local.refreshd';

/** Where commands are on a Mac, credential helpers among them. */
const USUAL_PATH = [
  '/opt/homebrew/bin',
  '/usr/local/bin',
  '/usr/bin',
  '/bin',
  '/usr/sbin',
  '/sbin',
  '/Applications/Docker.app/Contents/Resources/bin',
];

/**
 * The property list of a job.
 * @param template of `launchd/refreshd.plist`
 * @param user who a job of the machine runs as, if not root
 */
export function launchdJob(template: string, program: StartedProgram, user: string | undefined): string {
  const values: Readonly<Record<string, string>> = {
    LABEL,
    NODE: program.node,
    PROGRAM: program.file,
    HOME: program.home,
    PATH: [...new Set([dirname(program.node), ...USUAL_PATH])].join(':'),
    ERRORS: join(program.home, 'logs/launchd.log'),
  };
  const job = fill(parse(template), values) as PlistObject;
  const { EnvironmentVariables: own } = job;
  const environment = { ...(own as PlistObject), ...Object.fromEntries(program.environment) };
  return `${build({
    ...job,
    ...(user !== undefined && { UserName: user }),
    EnvironmentVariables: environment,
  })}\n`;
}

/** Puts values into the places of a template, wherever they are in it. */
function fill(value: PlistValue, values: Readonly<Record<string, string>>): PlistValue {
  if (typeof value === 'string') return values[/^@([A-Z]+)@$/.exec(value)?.[1] ?? ''] ?? value;
  if (Array.isArray(value)) return value.map(each => fill(each, values));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, values)]));
}

function isObject(value: PlistValue): value is { [key: string]: PlistValue } {
  return (
    typeof value === 'object' && value !== null && !(value instanceof Date || value instanceof Uint8Array)
  );
}

/** What a job that we wrote starts, and for which home. */
export interface InstalledJob {
  readonly home: string;
  readonly node: string | undefined;
}

/** Reads a job. @returns undefined for one that we did not write */
export function readJob(text: string): InstalledJob | undefined {
  // The parser itself prints what it thinks of other text.
  if (!text.includes('<plist')) return undefined;
  try {
    const { Label, ProgramArguments: args } = parse(text) as PlistObject;
    if (Label !== LABEL || !Array.isArray(args)) return undefined;
    const at = args.indexOf('--home');
    const home = at < 0 ? undefined : args[at + 1];
    const [node] = args;
    if (typeof home !== 'string' || !home.startsWith('/')) return undefined;
    return { home, node: typeof node === 'string' ? node : undefined };
  } catch {
    return undefined;
  }
}
