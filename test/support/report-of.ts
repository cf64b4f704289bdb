import type { Log } from '../../src/base/log.ts';
import type { ContainerReport } from '../../src/run/report.ts';
import { updateRun } from '../../src/run/update-run.ts';
import { openInProcess } from './in-process.ts';
import { type Lab, QUICK } from './lab.ts';

/** What a command reported of each container, by name, and its exit code. */
export type Reports = Record<string, ContainerReport> & { readonly code: number | null };

/** Runs a command with `--json`. */
export async function reportOf(
  lab: Lab,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Reports> {
  const { code, stdout, stderr } = await lab.refreshd([...args, '--json'], environment);
  if (stdout === '') throw new Error(`${args.join(' ')}: ${stderr}`);
  const { containers } = JSON.parse(stdout) as { containers: ContainerReport[] };
  return Object.assign(byName(containers), { code }) as Reports;
}

/** The same run in this process, and what it logged: a process for each of many runs takes long. */
export async function runHere(
  lab: Lab,
  kind: 'run' | 'check' = 'run',
  settings: Record<string, string> = {},
): Promise<{ readonly reports: Record<string, ContainerReport>; readonly logged: readonly string[] }> {
  const logged: string[] = [];
  const at = (level: keyof Log) => (text: string) => void logged.push(`${level} ${text}`);
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const { tools, close } = await openInProcess(lab, { settings: { ...QUICK, ...settings }, log });
  try {
    const { containers } = await updateRun(tools, { names: [], dryRun: kind === 'check' });
    return { reports: byName(containers), logged };
  } finally {
    await close();
  }
}

/** Requests for layers and configurations: whoever pulls makes them, and nobody else. */
export function downloads(lab: Lab): string[] {
  return lab.registry.requests.filter(({ path }) => path.includes('/blobs/')).map(({ path }) => path);
}

function byName(reports: readonly ContainerReport[]): Record<string, ContainerReport> {
  return Object.fromEntries(reports.map(each => [each.name, each]));
}
