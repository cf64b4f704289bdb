import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cleanText } from '../../base/clean-text.ts';
import { shapeOfJson, z } from '../../base/shape.ts';
import { readDockerHost } from '../../engine/docker-host.ts';
import { dockerConfigFile } from '../../registry/docker-config.ts';
import { type Check, ok, type Place, warn } from './check.ts';

type Environment = Place['environment'];

const configShape = z.looseObject({ currentContext: z.string().nullish() });
const contextShape = z.looseObject({
  Endpoints: z.looseObject({ docker: z.looseObject({ Host: z.string().nullish() }).nullish() }),
});

/** The docker command may talk to another engine than we do: one that its current context names. */
export const dockerContext: Check = {
  what: 'docker context',
  look: async ({ environment }) => {
    if (environment['DOCKER_HOST']) return ok('DOCKER_HOST, for docker as for refreshd');
    const name = await currentContext(environment);
    if (name === undefined) return ok('the default one');
    const host = await hostOf(name, environment);
    const own = readDockerHost(environment);
    if (host !== undefined && isSame(host, own.socketPath)) return ok(`${name}, which is ${own.shown}`);
    return warn(
      `docker itself uses its context ${name}, and refreshd the engine at ${own.shown}`,
      `If they should be one, set DOCKER_HOST to what this says: docker context inspect ${name}. Or: docker context use default`,
    );
  },
};

/** As the docker command decides it (docker/cli, resolveContextName). @returns undefined for the default one */
async function currentContext(environment: Environment): Promise<string | undefined> {
  const text = await readFile(dockerConfigFile(environment), 'utf8').catch(() => '{}');
  const config = shapeOfJson(configShape, text);
  const name = environment['DOCKER_CONTEXT'] || (config.ok && config.value.currentContext) || 'default';
  return name === 'default' ? undefined : cleanText(name, 60);
}

async function hostOf(name: string, environment: Environment): Promise<string | undefined> {
  const hash = createHash('sha256').update(name).digest('hex');
  const file = join(dirname(dockerConfigFile(environment)), 'contexts/meta', hash, 'meta.json');
  const context = shapeOfJson(contextShape, await readFile(file, 'utf8').catch(() => ''));
  return context.ok ? (context.value.Endpoints.docker?.Host ?? undefined) : undefined;
}

function isSame(host: string, socketPath: string | undefined): boolean {
  const other = host.startsWith('unix://') ? host.slice('unix://'.length) : undefined;
  return other !== undefined && socketPath !== undefined && real(other) === real(socketPath);
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
