import { lookAtStackSecrets } from '../stack-secrets.ts';
import type { Check } from './check.ts';
import { homeFolder } from './home-folder.ts';

export const stackEnv: Check = {
  what: '.env of the stack',
  needs: [homeFolder],
  look: ({ home, environment }) => lookAtStackSecrets(home().path, environment),
};
