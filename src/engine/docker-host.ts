import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from './engine-error.ts';

/** A machine whose engine is reached through its ssh server. */
export interface SshServer {
  readonly hostname: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  /** The engine's socket there, where it is not the usual one. */
  readonly socketPath: string | undefined;
}

/** How the engine is reached, worked out from Docker's own variables: by a socket, by ssh, or by TCP. */
export interface DockerHost {
  /** As it may be shown: without a user's name. */
  readonly shown: string;
  /** Where published ports are reached. */
  readonly address: string;
  /** The engine's own port, where it listens on one. */
  readonly port: number | undefined;
  /** The socket's path, where it is a socket on this machine. */
  readonly socketPath: string | undefined;
  readonly ssh: SshServer | undefined;
  /** By TCP with TLS: where its certificates are. */
  readonly certificates: CertificateFolder | undefined;
}

/** A folder with `ca.pem`, `cert.pem` and `key.pem`. */
export interface CertificateFolder {
  readonly path: string;
  /** Whether DOCKER_CERT_PATH names it; else it is where the docker command would look, and may be empty. */
  readonly isNamed: boolean;
}

/** Where Docker listens with TLS; nothing else is spoken on that port. */
const TLS_PORT = 2376;
/** The ports where none is named. */
const PORTS = { 'tcp:': 2375, 'http:': 80, 'https:': 443 };

/**
 * @param environment `DOCKER_HOST` and what goes with it, as for the docker command
 * @throws EngineError for a DOCKER_HOST that is not understood or not safe
 */
export function readDockerHost(environment: Readonly<Record<string, string | undefined>>): DockerHost {
  const text = environment['DOCKER_HOST'] ?? '';
  if (text === '' || text === 'unix://') return onThisMachine(defaultSocket(environment));
  if (text.startsWith('unix://')) return onThisMachine(text.slice('unix://'.length));
  if (!URL.canParse(text)) throw notUnderstood();
  const url = new URL(text);
  if (url.password !== '')
    throw new EngineError(
      'unreachable',
      'DOCKER_HOST holds a password, which every program that is started from here can read.',
      { hint: 'Leave it out: ssh:// uses your keys, tcp:// the certificates in DOCKER_CERT_PATH.' },
    );
  if (url.hostname === '') throw notUnderstood();
  switch (url.protocol) {
    case 'ssh:':
      return throughSsh(url);
    case 'tcp:':
    case 'http:':
    case 'https:':
      return byTcp(url, url.protocol, environment);
    default:
      throw notUnderstood();
  }
}

function notUnderstood(): EngineError {
  return new EngineError('unreachable', 'DOCKER_HOST is not understood.', {
    hint: 'Write unix:///var/run/docker.sock, ssh://user@host, or tcp://host:2376 with TLS.',
  });
}

function onThisMachine(socketPath: string): DockerHost {
  return {
    shown: `unix://${socketPath}`,
    address: '127.0.0.1',
    port: undefined,
    socketPath,
    ssh: undefined,
    certificates: undefined,
  };
}

/** Docker Desktop and rootless engines listen elsewhere than the system's. */
function defaultSocket(environment: Readonly<Record<string, string | undefined>>): string {
  const candidates = [
    '/var/run/docker.sock',
    join(environment['XDG_RUNTIME_DIR'] ?? '/nonexistent', 'docker.sock'),
    join(homedir(), '.docker/run/docker.sock'),
  ];
  return candidates.find(existsSync) ?? '/var/run/docker.sock';
}

function throughSsh({ hostname, host, port, username, pathname }: URL): DockerHost {
  const socketPath = pathname === '' || pathname === '/' ? undefined : pathname;
  // It becomes a word of a command line there; what would mean more to a shell than a path is no socket's.
  if (socketPath !== undefined && !/^[\w./-]+$/.test(socketPath)) throw notUnderstood();
  return {
    shown: `ssh://${host}`,
    address: hostname,
    port: undefined,
    socketPath: undefined,
    ssh: {
      hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
      user: username === '' ? undefined : decoded(username),
      port: Number(port) || undefined,
      socketPath,
    },
    certificates: undefined,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notUnderstood();
  }
}

function byTcp(
  { hostname, host, port }: URL,
  protocol: keyof typeof PORTS,
  environment: Readonly<Record<string, string | undefined>>,
): DockerHost {
  const isVerified = Boolean(environment['DOCKER_TLS_VERIFY']) || protocol === 'https:';
  if (!isVerified && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)) {
    throw new EngineError(
      'unreachable',
      `DOCKER_HOST names ${host} without TLS: whoever listens on the way would own this host.`,
      { hint: 'Set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or use ssh://.' },
    );
  }
  const isEncrypted = isVerified || port === String(TLS_PORT);
  const usual = protocol === 'tcp:' && isEncrypted ? TLS_PORT : PORTS[protocol];
  return {
    shown: `${protocol}//${host}`,
    address: hostname,
    port: Number(port) || usual,
    socketPath: undefined,
    ssh: undefined,
    certificates: isEncrypted ? certificatesOf(environment) : undefined,
  };
}

function certificatesOf(environment: Readonly<Record<string, string | undefined>>): CertificateFolder {
  const named = environment['DOCKER_CERT_PATH'];
  if (named) return { path: named, isNamed: true };
  return { path: environment['DOCKER_CONFIG'] || join(homedir(), '.docker'), isNamed: false };
}
