import { existsSync } from 'node:fs';
import { passwordIn } from '../../container/secret-values.ts';
import { type Check, ok, warn } from './check.ts';

/** What is worse (NODE_DEBUG, NODE_TLS_REJECT_UNAUTHORIZED=0) does not let refreshd begin at all. */
export const dangerousVariables: Check = {
  what: 'environment',
  look: async ({ environment }) => {
    const authority = environment['NODE_EXTRA_CA_CERTS'];
    if (authority && !existsSync(authority))
      return warn(
        `NODE_EXTRA_CA_CERTS names ${authority}, which is not there`,
        'Correct the path, or unset it.',
      );
    const telling = Object.entries(environment)
      .filter(([, value = '']) => passwordIn(value).length > 0)
      .map(([name]) => name);
    if (telling.length > 0)
      return warn(
        `passwords in the addresses of ${telling.join(', ')}; every program that you start gets them too`,
        'Unset them where they are not needed.',
      );
    return ok('nothing that weakens or gives away anything');
  },
};
