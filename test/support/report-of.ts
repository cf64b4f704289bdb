import type { Lab } from './lab.ts';

/** What a command reported of one container. */
export interface Reported {
  readonly name: string;
  readonly outcome: string;
  readonly from?: string;
  readonly to?: string;
  readonly reason?: string;
  readonly notes: readonly string[];
}

/** Runs a command with `--json`. @returns its exit code, and the report of each container by name */
export async function reportOf(
  lab: Lab,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Record<string, Reported> & { readonly code: number | null }> {
  const { code, stdout, stderr } = await lab.refreshd([...args, '--json'], environment);
  if (stdout === '') throw new Error(`${args.join(' ')}: ${stderr}`);
  const { containers } = JSON.parse(stdout) as { containers: Reported[] };
  return Object.assign(Object.fromEntries(containers.map(each => [each.name, each])), { code }) as Record<
    string,
    Reported
  > & { readonly code: number | null };
}

/** Requests for layers and configurations: whoever pulls makes them, and nobody else. */
export function downloads(lab: Lab): string[] {
  return lab.registry.requests.filter(({ path }) => path.includes('/blobs/')).map(({ path }) => path);
}
