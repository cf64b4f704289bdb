import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from './engine-error.ts';

/** How the engine is reached, worked out from Docker's own variables. */
export interface DockerHost {
  /** As it may be shown: without a user's name. */
  readonly shown: string;
  /** Where published ports are reached. */
  readonly address: string;
  /** The socket's path, where it is a socket on this machine; everything else is left to dockerode. */
  readonly socketPath: string | undefined;
  /** The port, where one is named. */
  readonly port: number | undefined;
}

/**
 * @param environment `DOCKER_HOST` and what goes with it, as for the docker command
 * @throws EngineError for a DOCKER_HOST that is not understood or not safe
 */
export function readDockerHost(environment: Readonly<Record<string, string | undefined>>): DockerHost {
  const text = environment['DOCKER_HOST'] ?? '';
  if (text === '') return onThisMachine(defaultSocket(environment));
  if (text.startsWith('unix://')) return onThisMachine(text.slice('unix://'.length));
  if (!URL.canParse(text)) throw notUnderstood();
  const { protocol, hostname, host, port, password } = new URL(text);
  if (password !== '')
    throw new EngineError(
      'unreachable',
      'DOCKER_HOST holds a password, which every program that is started from here can read.',
      { hint: 'Leave it out: ssh:// uses your keys, tcp:// the certificates in DOCKER_CERT_PATH.' },
    );
  if (
    protocol === 'tcp:' &&
    environment['DOCKER_TLS_VERIFY'] !== '1' &&
    !/^(localhost|127\..*|\[::1\])$/.test(hostname)
  ) {
    throw new EngineError(
      'unreachable',
      `DOCKER_HOST names ${host} without TLS: whoever listens on the way would own this host.`,
      {
        hint: 'Set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or use ssh://.',
      },
    );
  }
  if (!['tcp:', 'ssh:', 'http:', 'https:'].includes(protocol) || hostname === '') throw notUnderstood();
  return {
    shown: `${protocol}//${host}`,
    address: hostname,
    socketPath: undefined,
    port: Number(port) || undefined,
  };
}

function notUnderstood(): EngineError {
  return new EngineError('unreachable', 'DOCKER_HOST is not understood.', {
    hint: 'Write unix:///var/run/docker.sock, ssh://user@host, or tcp://host:2376 with TLS.',
  });
}

function onThisMachine(socketPath: string): DockerHost {
  return { shown: `unix://${socketPath}`, address: '127.0.0.1', socketPath, port: undefined };
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
