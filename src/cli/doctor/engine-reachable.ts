import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../../base/failure.ts';
import { speaks } from '../../container/api-version.ts';
import { EngineError } from '../../engine/engine-error.ts';
import { bad, type Check, type OpenedEngine, ok, type Place, type Verdict, warn } from './check.ts';
import { whyNoAccess } from './socket-access.ts';
import { whereabouts } from './whereabouts.ts';

/** The oldest API that the calls we make are in: Docker 19.03. */
const OLDEST = '1.40';

export const engineReachable: Check = {
  what: 'Docker engine',
  look: async place => {
    try {
      return lookAt(await place.engine());
    } catch (error) {
      if (error instanceof EngineError && error.code === 'unreachable') return whyUnreachable(error, place);
      throw error;
    }
  },
};

function lookAt(engine: OpenedEngine): Verdict {
  const { identity, surroundings } = engine;
  const { product, isRootless, hostname } = surroundings;
  const { os, architecture } = identity.platform;
  const words = `${product} ${identity.version}, ${os}/${architecture}`;
  if (!speaks(identity.apiVersion, OLDEST))
    return bad(
      `${words}: its API is version ${identity.apiVersion}, and ${OLDEST} is the oldest that will do`,
      'Install a newer engine (Docker 19.03 or later).',
    );
  if (product === 'Podman') return lookAtPodman(words, identity.version, isRootless);
  if (isRootless)
    return warn(
      `${words}, rootless: containers’ own addresses are not reached from here, and it may end as you log out`,
      'Publish the ports that /health is on, install refreshd as this user and not as root, and have lingering on: loginctl enable-linger',
    );
  switch (whereabouts(engine)) {
    case 'here':
    case 'outside':
      return ok(words);
    case 'virtual':
      return ok(
        `${words}, in a virtual machine: it runs while that does, and only published ports are reached`,
      );
    case 'elsewhere':
      return warn(
        `${words}, on ${hostname} and not on this machine: /health is asked there, and ports published on its 127.0.0.1 alone are not reached`,
        'If that is not what you mean, unset DOCKER_HOST.',
      );
  }
}

function lookAtPodman(words: string, version: string, isRootless: boolean): Verdict {
  if (isRootless)
    return warn(
      `${words}, rootless: refreshd is not tested with that`,
      'Use Podman as root: systemctl enable --now podman.socket, DOCKER_HOST=unix:///run/podman/podman.sock',
    );
  return Number.parseInt(version, 10) < 5
    ? warn(`${words}: refreshd is not tested with versions before 5`, 'Install Podman 5 or newer.')
    : ok(`${words}; what its API does not tell of a container cannot be kept (see Podman in README.md)`);
}

async function whyUnreachable(error: EngineError, { environment }: Place): Promise<Verdict> {
  const code = systemCode(error.cause) ?? '';
  if (code === 'EACCES' || code === 'EPERM') {
    return (await whyNoAccess(environment)) ?? bad(error.message, error.hint);
  }
  if (environment['DOCKER_HOST']) {
    const isDown = code === 'ECONNREFUSED' || code === 'ENOENT';
    const remedy = isDown ? 'Start the engine that DOCKER_HOST names, or unset DOCKER_HOST.' : error.hint;
    return bad(error.message, remedy);
  }
  const ofDesktop = join(homedir(), '.docker/desktop/docker.sock');
  if (existsSync(ofDesktop))
    return bad(error.message, `Docker Desktop's engine is elsewhere: set DOCKER_HOST=unix://${ofDesktop}`);
  return bad(
    error.message,
    existsSync('/Applications/Docker.app')
      ? 'Start Docker Desktop, and wait until it says that the engine runs.'
      : error.hint,
  );
}
