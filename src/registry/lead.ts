import { RegistryError } from './registry-error.ts';

/** So many questions in a row without a whole answer are no longer the trouble of one image. */
const ENOUGH = 2;

/**
 * Lets questions to one registry begin one at a time until one is answered: what the first learns spares the others a
 * failed attempt each. A registry that is down is waited for twice, and not once for every image; the others are then
 * told what the second found.
 */
export function openLead(): <T>(ask: () => Promise<T>) => Promise<T> {
  let lead: Promise<RegistryError | undefined> | undefined;
  let lost = 0;

  return async ask => {
    for (let before = lead; before !== undefined; before = lead) {
      const error = await before;
      if (error === undefined) return ask();
      if (lost >= ENOUGH) throw error;
      // Nobody else went ahead meanwhile.
      if (lead === before) break;
    }
    const answer = ask();
    lead = answer.then(
      () => undefined,
      error => {
        const unreachable = unreachableOf(error);
        if (unreachable !== undefined) lost += 1;
        return unreachable;
      },
    );
    return answer;
  };
}

function unreachableOf(error: unknown): RegistryError | undefined {
  return error instanceof RegistryError && error.code === 'unreachable' ? error : undefined;
}
