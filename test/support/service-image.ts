import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type BuiltImage, buildImage, buildLayer, type ImageConfig, type Layer } from './image.ts';

/**
 * How a version of the test service behaves:
 * - `good`: `/health` answers 200 with the version
 * - `exits`, `ends`: ends at once with code 3, or with 0
 * - `no-command`: its command does not exist
 * - `unhealthy`: its HEALTHCHECK fails, `/health` answers 200
 * - `500`: `/health` answers 500
 * - `dies`: is good for `lifetime` seconds, then ends
 * - `swells`: takes 200 MB of memory
 * - `silent`: nothing listens on its port
 * - and what `/health` may do else: `redirects` to a good answer, sends a `huge` body of 1 GB or an `endless` one,
 *   is `slow` to begin its answer, `closes` instead of answering, `flaps` between 200 and 500, or `tells` with a 500
 *   what is in its environment as TOLD
 */
export type Behaviour =
  | 'good'
  | 'exits'
  | 'ends'
  | 'no-command'
  | 'unhealthy'
  | '500'
  | 'dies'
  | 'swells'
  | 'silent'
  | 'redirects'
  | 'huge'
  | 'endless'
  | 'slow'
  | 'closes'
  | 'flaps'
  | 'tells';

export interface ServiceOptions {
  readonly version: string;
  readonly behaviour?: Behaviour;
  /** Seconds that a `dies` lives. */
  readonly lifetime?: number;
  /** Whether it has a HEALTHCHECK; `unhealthy` has one anyway. */
  readonly healthcheck?: boolean;
  /** Bytes that its own layer takes beside the service; no compression makes them fewer. */
  readonly weight?: number;
  /** More for the image's configuration. */
  readonly config?: ImageConfig;
}

const START = `#!/bin/sh
trap 'exit 0' TERM INT
case "$(cat /behaviour)" in
  exits) exit 3 ;;
  ends) exit 0 ;;
  swells) exec dd if=/dev/zero of=/dev/null bs=200M ;;
  silent) while :; do sleep 3600 & wait $!; done ;;
  dies) (sleep "$(cat /lifetime)"; kill -USR1 1) & trap 'exit 9' USR1 ;;
esac
nc -ll -p 8080 -e /bin/answer &
while :; do sleep 3600 & wait $!; done
`;

const ANSWER = `#!/bin/sh
read -r method path rest
while read -r header; do [ "\${#header}" -le 1 ] && break; done
body="$path $(cat /version)"
status='200 OK'
behave() {
  case "$(cat /behaviour)" in
    500) status='500 Internal Server Error' ;;
    redirects) status='302 Found\\r\\nLocation: /mcp' ;;
    huge) printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 1073741824\\r\\n\\r\\n'; exec dd if=/dev/zero bs=1M count=1024 ;;
    endless) printf 'HTTP/1.1 200 OK\\r\\n\\r\\n'; while echo more; do sleep 1; done; exit ;;
    slow) sleep 20 ;;
    closes) exit ;;
    tells) body="$TOLD"; status='500 Internal Server Error' ;;
    flaps) if [ -s /flap ]; then : >/flap; else echo 1 >/flap; status='500 Internal Server Error'; fi ;;
  esac
}
case "\${path%%\\?*}" in
  /health) behave ;;
  /mcp) ;;
  /env) body="$(env)" ;;
  *) status='404 Not Found' ;;
esac
printf 'HTTP/1.1 %b\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s' "$status" "\${#body}" "$body"
`;

const APPLETS = [
  'sh',
  'cat',
  'env',
  'sleep',
  'nc',
  'kill',
  'ls',
  'echo',
  'wget',
  'id',
  'pwd',
  'true',
  'false',
  'touch',
  'stat',
  'dd',
  'test',
];
let base: Promise<Layer> | undefined;

/** The layer that all versions share: a static busybox with the applets that are used. */
export function busyboxLayer(): Promise<Layer> {
  base ??= buildLayer([
    { path: 'bin/busybox', content: readFileSync('/bin/busybox') },
    ...APPLETS.map(name => ({ path: `bin/${name}`, link: 'busybox' })),
    { path: 'bin/start', content: START },
    { path: 'bin/answer', content: ANSWER },
    { path: 'etc/passwd', content: 'root:x:0:0::/:/bin/sh\nservice:x:1000:1000::/:/bin/sh\n', mode: 0o644 },
    { path: 'etc/group', content: 'root:x:0:\nservice:x:1000:\n', mode: 0o644 },
    { path: 'tmp/.keep', mode: 0o644 },
  ]);
  return base;
}

/** A small HTTP service on port 8080 with `/health` and `/mcp`. */
export async function buildService({
  version,
  behaviour = 'good',
  lifetime = 10,
  healthcheck = false,
  weight = 0,
  config = {},
}: ServiceOptions): Promise<BuiltImage> {
  const own = await buildLayer([
    { path: 'version', content: version, mode: 0o644 },
    { path: 'behaviour', content: behaviour, mode: 0o644 },
    { path: 'lifetime', content: String(lifetime), mode: 0o644 },
    ...(weight === 0 ? [] : [{ path: 'weight', content: randomBytes(weight), mode: 0o644 }]),
  ]);
  const check = {
    Test: ['CMD', behaviour === 'unhealthy' ? '/bin/false' : '/bin/true'],
    Interval: 500_000_000,
    Timeout: 2_000_000_000,
    Retries: 2,
  };
  return buildImage([await busyboxLayer(), own], {
    Env: ['PATH=/bin', `APP_VERSION=${version}`],
    Cmd: [behaviour === 'no-command' ? '/bin/missing' : '/bin/start'],
    ExposedPorts: { '8080/tcp': {} },
    Labels: { 'org.opencontainers.image.version': version },
    ...((healthcheck || behaviour === 'unhealthy') && { Healthcheck: check }),
    ...config,
  });
}
