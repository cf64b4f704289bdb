import { existsSync } from 'node:fs';
import { ownContainerId } from '../../base/own-container.ts';
import { whoRemoves } from '../../service/lasting-node.ts';
import { ServiceError } from '../../service/service-error.ts';
import type { InstalledService, ServiceHost } from '../../service/service-host.ts';
import { bad, type Check, ok, skipped, type Verdict, warn } from './check.ts';
import { homeFolder } from './home-folder.ts';

export const installedService: Check = {
  what: 'service',
  needs: [homeFolder],
  look: async ({ home, supervisor }) => {
    if (ownContainerId() !== undefined)
      return skipped('refreshd runs in a container, which its engine starts');
    let host: ServiceHost;
    try {
      host = supervisor();
    } catch (error) {
      if (error instanceof ServiceError) return warn(error.message, error.hint);
      throw error;
    }
    const service = await host.find();
    if (service === undefined)
      return warn('none is installed, so nothing is updated by itself', 'Install it: refreshd install');
    if (service.home !== home().path)
      return warn(
        `${service.what} is for another home: ${service.home}`,
        'Look there with --home. Or move it: refreshd uninstall, then refreshd install with this home.',
      );
    return lookAt(service);
  },
};

/** What is worst about it. */
function lookAt({ what, node, notStarted, state }: InstalledService): Verdict {
  if (node !== undefined && !existsSync(node))
    return bad(
      `${what} starts ${node}, which is gone`,
      'Run refreshd install again, with the Node that is here now.',
    );
  if (!state.isRunning)
    return bad(
      `${what} does not run: ${state.words}`,
      'Run refreshd install again, which says why; its last words are in logs/update.log, and in the journal of the system.',
    );
  if (notStarted !== undefined)
    return warn(`${what} runs, but ${notStarted.why}`, `Change that: ${notStarted.remedy}`);
  const removedBy = node === undefined ? undefined : whoRemoves(node);
  if (removedBy !== undefined)
    return warn(
      `${what} starts ${node}, which is removed by ${removedBy}`,
      "Run refreshd install again after that, or use a Node of the system's.",
    );
  const status = state.status === undefined ? '' : `; it says: ${state.status}`;
  return ok(`${what}: enabled, ${state.words}${status}`);
}
