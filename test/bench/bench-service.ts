import { type BuiltImage, buildImage, buildLayer } from '../support/image.ts';
import { busyboxLayer } from '../support/service-image.ts';

/**
 * How a service takes SIGTERM:
 * - `obeys`: ends at once
 * - `ignores`: goes on until it is killed, so that its whole grace period passes
 */
export type OnSigterm = 'obeys' | 'ignores';

export const PORT = 8080;

/** Each start has an answer of its own, so that a prober can tell the one before from the one after. */
const startScript = (trap: string) => `#!/bin/sh
trap ${trap} TERM
read -r start </proc/sys/kernel/random/uuid
echo "$start" >/www/health
httpd -f -p ${PORT} -h /www &
while :; do wait $!; done
`;

/** A version of a small HTTP service (busybox httpd) that answers `/health` within a millisecond. */
export async function buildBenchService(version: string, onSigterm: OnSigterm): Promise<BuiltImage> {
  const own = await buildLayer([
    { path: 'bin/httpd', link: 'busybox' },
    { path: 'bin/serve', content: startScript(onSigterm === 'obeys' ? "'exit 0'" : "''") },
    { path: 'www/version', content: version, mode: 0o644 },
  ]);
  const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
  const config = {
    Env: ['PATH=/bin'],
    Cmd: ['/bin/serve'],
    ExposedPorts: { [`${PORT}/tcp`]: {} },
    Labels: { 'org.opencontainers.image.version': version },
  };
  return buildImage([await busyboxLayer(), own], config, platform);
}
