import { ServiceError } from './service-error.ts';
import type { InstallRequest } from './service-host.ts';

const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\ufffd]/;

/** @throws ServiceError for paths that no service can be made of */
export function checkPaths({ home, node, file }: Pick<InstallRequest, 'home' | 'node' | 'file'>): void {
  for (const path of [home, node, file])
    if (UNPRINTABLE.test(path))
      throw new ServiceError('unsuitable', `A service cannot be made of the path ${JSON.stringify(path)}.`, {
        hint: 'Rename the folder: no line breaks, no other control characters, and nothing but UTF-8.',
      });
}
