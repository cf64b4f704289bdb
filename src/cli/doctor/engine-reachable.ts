import { type Check, ok } from './check.ts';

export const engineReachable: Check = {
  what: 'Docker engine',
  look: async ({ engine }) => {
    const { identity } = await engine();
    return ok(`version ${identity.version}, ${identity.platform.os}/${identity.platform.architecture}`);
  },
};
