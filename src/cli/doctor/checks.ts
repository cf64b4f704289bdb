import type { Check } from './check.ts';
import { clock } from './clock.ts';
import { composeProgram } from './compose-program.ts';
import { containerLabels } from './container-labels.ts';
import { dangerousVariables } from './dangerous-variables.ts';
import { dockerContext } from './docker-context.ts';
import { dockerLogins } from './docker-logins.ts';
import { dockerSocket } from './docker-socket.ts';
import { engineReachable } from './engine-reachable.ts';
import { engineRoom } from './engine-room.ts';
import { health } from './health.ts';
import { homeFolder } from './home-folder.ts';
import { homeRoom } from './home-room.ts';
import { installedService } from './installed-service.ts';
import { nextRuns } from './next-runs.ts';
import { nodeVersion } from './node-version.ts';
import { otherUpdaters, podmanAutoUpdate } from './other-updaters.ts';
import { logFolder, stateFolder } from './own-folders.ts';
import { registryAccess } from './registry-access.ts';
import { settingsFile } from './settings-file.ts';
import { stackEnv } from './stack-env.ts';
import { stackFile } from './stack-file.ts';
import { watchedContainers } from './watched-containers.ts';

/** What is looked at as whoever asks, in the order in which it is read: what others stand on comes first. */
export const CHECKS_AS_ONESELF: readonly Check[] = [
  nodeVersion,
  dangerousVariables,
  homeFolder,
  settingsFile,
  stackEnv,
  composeProgram,
  stackFile,
  installedService,
];

/** What is looked at as whom the daemon runs as: its engine, its logins. */
export const CHECKS_AS_OWNER: readonly Check[] = [
  nextRuns,
  stateFolder,
  logFolder,
  homeRoom,
  dockerContext,
  dockerSocket,
  engineReachable,
  dockerLogins,
  watchedContainers,
  containerLabels,
  otherUpdaters,
  podmanAutoUpdate,
  engineRoom,
  registryAccess,
  health,
  clock,
];
