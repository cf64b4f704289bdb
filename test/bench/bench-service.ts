import { type BuiltImage, buildImage, buildLayer } from '../support/image.ts';
import { publish } from '../support/publish.ts';
import { busyboxLayer } from '../support/service-image.ts';
import type { BenchHost } from './bench-host.ts';

/**
 * How a version of the service behaves:
 * - `obeys`: is good, and ends at once when it is told to (SIGTERM)
 * - `drains`: is good, and when it is told to end takes no more requests, and finishes those that it is at
 * - `ignores`: is good, and goes on until it is killed, so that its whole grace period passes
 * - `exits`: ends by itself at once
 * - `unhealthy`: answers well, and its HEALTHCHECK says that it is ill
 * - `500`: answers 500
 */
export type Behaviour = 'obeys' | 'drains' | 'ignores' | 'exits' | 'unhealthy' | '500';

export const NAME = 'bench';
export const PORT = 8080;
export const HOST_PORT = 18080;
/** Seconds that it gets to stop. */
export const GRACE = 2;

/** How a container of it is made, started anew by the engine if it ends by itself. */
export const CONTAINER = {
  StopTimeout: GRACE,
  HostConfig: {
    PortBindings: { [`${PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(HOST_PORT) }] },
    RestartPolicy: { Name: 'unless-stopped' },
  },
};

/** Each start has an answer of its own, so that a prober can tell the one before from the one after. */
const serve = (version: string, trap: string) => `#!/bin/sh
trap ${trap} TERM
read -r start </proc/sys/kernel/random/uuid
echo "${version}.$start" >/www/health
httpd -f -p ${PORT} -h /www &
while :; do wait $!; done
`;

const ON_SIGTERM: Readonly<Partial<Record<Behaviour, string>>> = {
  drains: "'kill $!; sleep 1; exit 0'",
  ignores: "''",
};

const scriptFor = (version: string, behaviour: Behaviour) => {
  switch (behaviour) {
    case 'exits':
      return '#!/bin/sh\nexit 3\n';
    case '500':
      return `#!/bin/sh\ntrap 'exit 0' TERM\nnc -ll -p ${PORT} -e /bin/answer &\nwhile :; do wait $!; done\n`;
    default:
      return serve(version, ON_SIGTERM[behaviour] ?? "'exit 0'");
  }
};

const ILL = { Test: ['CMD', '/bin/false'], Interval: 500_000_000, Timeout: 2_000_000_000, Retries: 2 };

/** Publishes a version of a small HTTP service (busybox httpd) that answers `/health` within a millisecond. */
export async function release(
  { lab }: BenchHost,
  version: string,
  behaviour: Behaviour,
  tag = 'latest',
): Promise<BuiltImage> {
  const image = await buildBenchService(version, behaviour);
  await publish(lab.registry, 'app', tag, image);
  return image;
}

/** The image of a version of that service. */
export async function buildBenchService(version: string, behaviour: Behaviour): Promise<BuiltImage> {
  const own = await buildLayer([
    { path: 'bin/httpd', link: 'busybox' },
    { path: 'bin/serve', content: scriptFor(version, behaviour) },
    { path: 'www/version', content: version, mode: 0o644 },
    // What /bin/answer goes by.
    { path: 'version', content: version, mode: 0o644 },
    { path: 'behaviour', content: behaviour, mode: 0o644 },
  ]);
  const platform = { os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch };
  const config = {
    Env: ['PATH=/bin'],
    Cmd: ['/bin/serve'],
    ExposedPorts: { [`${PORT}/tcp`]: {} },
    Labels: { 'org.opencontainers.image.version': version },
    ...(behaviour === 'unhealthy' && { Healthcheck: ILL }),
  };
  return buildImage([await busyboxLayer(), own], config, platform);
}
