import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { openLaunchd } from './launchd.ts';
import { openMachineSystemd } from './machine-systemd.ts';
import { openRunProgram } from './run-program.ts';
import { ServiceError } from './service-error.ts';
import type { ServiceHost } from './service-host.ts';
import { openUserSystemd } from './user-systemd.ts';

/** Finds what starts services here for whoever asks. @throws ServiceError where nothing does */
export function findHost(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): ServiceHost {
  const { uid, username } = userInfo();
  if (platform === 'darwin') {
    const run = openRunProgram(environment);
    return openLaunchd({ uid, userHome: homedir(), daemons: '/Library/LaunchDaemons', run });
  }
  if (platform === 'linux' && existsSync('/run/systemd/system')) {
    if (uid === 0) return openMachineSystemd(openRunProgram(environment));
    // Where a user has a systemd, it is reached by this folder, which su and the like do not set.
    const runtime = { XDG_RUNTIME_DIR: environment['XDG_RUNTIME_DIR'] ?? `/run/user/${uid}` };
    return openUserSystemd({
      user: username,
      configFolder: environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'),
      run: openRunProgram({ ...environment, ...runtime }),
    });
  }
  throw new ServiceError('no-supervisor', 'This machine has neither systemd nor launchd.', {
    hint: 'Have whatever starts services here start: refreshd daemon',
  });
}
