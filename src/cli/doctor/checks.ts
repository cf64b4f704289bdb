import type { Check } from './check.ts';
import { dangerousVariables } from './dangerous-variables.ts';
import { dockerLogins } from './docker-logins.ts';
import { dockerSocket } from './docker-socket.ts';
import { engineReachable } from './engine-reachable.ts';
import { homeFolder } from './home-folder.ts';
import { nodeVersion } from './node-version.ts';
import { logFolder, stateFolder } from './own-folders.ts';
import { settingsFile } from './settings-file.ts';
import { stackEnv } from './stack-env.ts';

/** All that is looked at, in the order in which it is read: what others stand on comes first. */
export const CHECKS: readonly Check[] = [
  nodeVersion,
  dangerousVariables,
  homeFolder,
  settingsFile,
  stackEnv,
  stateFolder,
  logFolder,
  dockerSocket,
  engineReachable,
  dockerLogins,
];
