import { familiarName } from '../../image/reference.ts';
import type { RegistryAnswer } from '../../run/ask-registries.ts';
import { bad, type Check, ok, type Verdict } from './check.ts';
import { watchedContainers } from './watched-containers.ts';

/** Asks what `refreshd check` asks first, and with the same logins. */
export const registryAccess: Check = {
  what: 'registries',
  needs: [watchedContainers],
  look: async place => {
    const answers = await place.registries();
    const failed = answers.filter(({ failure }) => failure !== undefined);
    if (failed.length > 0) return failed.map(verdictOn);
    const hosts = [...new Set(answers.map(({ reference }) => reference.registry))];
    return ok(
      answers.length === 0
        ? 'no watched image comes from one'
        : `${hosts.join(', ')}: ${answers.length === 1 ? 'the image is' : `all ${answers.length} images are`} offered to us`,
    );
  },
};

function verdictOn({ reference, containers, failure }: RegistryAnswer): Verdict {
  const says = `${familiarName(reference)}, of ${containers.join(', ')}: ${failure?.message ?? ''}`;
  const remedy = failure?.hint || `See whether this machine, or its proxy, reaches ${reference.registry}.`;
  return bad(says, remedy);
}
