import { carryEnvironment } from './carried-environment.ts';
import { checkPaths } from './check-paths.ts';
import { findLastingNode, whoRemoves } from './lasting-node.ts';
import type { InstallRequest } from './service-host.ts';

/** What a service starts. All paths are absolute. */
export interface StartedProgram {
  readonly node: string;
  /** The command line interface's own file. */
  readonly file: string;
  readonly home: string;
  readonly environment: readonly (readonly [name: string, value: string])[];
}

/**
 * What a service starts, worked out from what runs now, and what has to be said about it.
 * @throws ServiceError for paths that no service can be made of
 */
export async function describeProgram(
  request: InstallRequest,
): Promise<{ readonly program: StartedProgram; readonly warnings: readonly string[] }> {
  const { home, file } = request;
  checkPaths(request);
  const node = await findLastingNode(request.node);
  const { variables, secret, settings } = carryEnvironment(request.environment);
  const warnings: string[] = [];
  const fileRemovedBy = whoRemoves(file);
  if (node.removedBy !== undefined)
    warnings.push(
      `The service starts ${node.path}, which is removed by ${node.removedBy}. Run refreshd install again after that, or use a Node of the system's.`,
    );
  if (fileRemovedBy !== undefined)
    warnings.push(
      `The service starts ${file}, which is removed by ${fileRemovedBy}. Run refreshd install again after that, or install refreshd elsewhere.`,
    );
  for (const name of secret)
    warnings.push(
      `${name} holds a password, so the service is not given it: everybody on this machine could read it there.`,
    );
  if (settings.length > 0)
    warnings.push(
      `${settings.join(', ')} is set here but not for the service: put it into ${home}/refreshd.env.`,
    );
  return { program: { node: node.path, file, home, environment: variables }, warnings };
}
