import { stat } from 'node:fs/promises';
import { dockerConfigFile, readDockerConfig } from '../../registry/docker-config.ts';
import { type Check, ok, warn } from './check.ts';

export const dockerLogins: Check = {
  what: 'registry logins',
  look: async ({ environment }) => {
    const path = dockerConfigFile(environment);
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined) return ok('none; public images need none');
    await readDockerConfig(environment);
    if ((stats.mode & 0o077) !== 0) return warn(`others can read ${path}`, `Close it: chmod 600 '${path}'.`);
    const self = process.getuid?.();
    return self === undefined || stats.uid === self || stats.uid === 0
      ? ok(path)
      : warn(
          `${path} belongs to user id ${stats.uid}, who can read and change it`,
          'Use a file of your own (DOCKER_CONFIG).',
        );
  },
};
