import { existsSync } from 'node:fs';
import { ServiceError } from './service-error.ts';

/** @throws ServiceError where a service is for another home, unless that is gone: a service moves only when told to */
export function checkHome(installed: string | undefined, home: string): void {
  if (installed === undefined || installed === home || !existsSync(installed)) return;
  throw new ServiceError('taken', `The service that is installed is for ${installed}, not for ${home}.`, {
    hint: `One service can watch everything on this engine (REFRESHD_WATCH=all). To move it, remove it first: refreshd uninstall`,
  });
}
