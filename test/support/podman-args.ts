import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnginePlaces } from './engine-process.ts';

/** Unlike Docker, Podman trusts no registry on loopback by itself. */
const REGISTRIES = `[[registry]]
location = "127.0.0.1"
insecure = true
`;

/** How Podman serves Docker's API, with all that it keeps in these places (podman(1), podman-system-service(1)). */
export function podmanArgs({ folder, runFolder, socket }: EnginePlaces): readonly string[] {
  const registries = join(folder, 'registries.conf');
  writeFileSync(registries, REGISTRIES);
  const networks = join(folder, 'networks');
  mkdirSync(networks, { recursive: true });
  return [
    ...[
      '--root',
      join(folder, 'data'),
      '--runroot',
      join(runFolder, 'run'),
      '--tmpdir',
      join(runFolder, 'tmp'),
    ],
    ...['--network-config-dir', networks, '--registries-conf', registries],
    // Of its two runtimes the one that runs on every arrangement of control groups.
    ...['--runtime', 'runc'],
    // Without systemd there is neither its control of groups nor its journal.
    ...['--cgroup-manager', 'cgroupfs', '--events-backend', 'file'],
    ...['system', 'service', '--time', '0', `unix://${socket}`],
  ];
}
