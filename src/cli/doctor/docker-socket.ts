import { stat } from 'node:fs/promises';
import { readDockerHost } from '../../engine/docker-host.ts';
import { bad, type Check, ok, skipped, type Verdict, warn } from './check.ts';

/** Whoever may talk to the engine is root on its machine. */
export const dockerSocket: Check = {
  what: 'Docker socket',
  look: async ({ environment }) => {
    const { shown, socketPath, ssh, certificates } = readDockerHost(environment);
    if (socketPath !== undefined) return lookAtSocket(socketPath);
    return ssh !== undefined || certificates !== undefined
      ? ok(shown)
      : warn(
          `${shown} asks nobody who he is: every user of this machine can be root by it`,
          'Use the unix socket, ssh://, or TLS (DOCKER_TLS_VERIFY=1).',
        );
  },
};

async function lookAtSocket(path: string): Promise<Verdict> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined) return skipped(`${path} is not there, or not for you to see`);
  if (!stats.isSocket()) return bad(`${path} is no socket`, 'Point DOCKER_HOST at the engine.');
  if ((stats.mode & 0o002) !== 0)
    return bad(`every user can write to ${path}, and so be root`, `Close it: sudo chmod o-rwx '${path}'.`);
  const self = process.getuid?.() ?? 0;
  return stats.uid === 0 || stats.uid === self
    ? ok(path)
    : warn(
        `${path} belongs to user id ${stats.uid}, who can be the engine for you`,
        'Use the socket of an engine that is yours or the system’s.',
      );
}
