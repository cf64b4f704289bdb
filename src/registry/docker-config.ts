import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../base/failure.ts';
import { shapeOfJson, z } from '../base/shape.ts';
import { RegistryError } from './registry-error.ts';

const configShape = z.looseObject({
  credHelpers: z.record(z.string(), z.string()).nullish(),
  credsStore: z.string().nullish(),
  auths: z
    .record(
      z.string(),
      z.looseObject({
        auth: z.string().nullish(),
        username: z.string().nullish(),
        password: z.string().nullish(),
        identitytoken: z.string().nullish(),
      }),
    )
    .nullish(),
});

/** Docker's own `config.json`, as far as logins go. */
export type DockerConfig = z.infer<typeof configShape>;

/** Where Docker keeps its logins. */
export function dockerConfigFile(environment: Readonly<Record<string, string | undefined>>): string {
  return join(environment['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'config.json');
}

/**
 * Reads `config.json` from `DOCKER_CONFIG`, else from `~/.docker`. None is an empty one.
 * @throws RegistryError if it is there but cannot be understood: guessing "no login" would be worse
 */
export async function readDockerConfig(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<DockerConfig> {
  const path = dockerConfigFile(environment);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return {};
    throw new RegistryError('credentials', `Docker's logins in ${path} cannot be read (${code}).`, {
      hint: 'Make the file readable for the user that runs refreshd.',
      cause: error,
    });
  }
  const read = shapeOfJson(configShape, text);
  if (read.ok) return read.value;
  throw new RegistryError('credentials', `Docker's logins in ${path} are not understood: ${read.problem}.`, {
    hint: 'Mend the file, or log in again with docker login.',
  });
}
