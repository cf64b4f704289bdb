import type { Lab } from '../support/lab.ts';
import { createStill, offerStill } from '../support/still-containers.ts';

/** Whether all containers are made from one reference, or each from its own. */
export type References = 'one' | 'each';

/**
 * Creates containers that only stand there until there are so many.
 * @returns the references that they were made from, each once
 */
export async function growTo(lab: Lab, count: number, references: References): Promise<readonly string[]> {
  const all = Array.from({ length: count }, (_, number) => ({
    name: `still-${number}`,
    reference: lab.reference(references === 'one' ? 'still' : `still-${number}`),
  }));
  const there = new Set(await lab.names());
  const missing = all.filter(({ name }) => !there.has(name));
  const offered = new Set(all.filter(({ name }) => there.has(name)).map(({ reference }) => reference));
  const wanted = new Set(missing.map(({ reference }) => reference));
  await offerStill(
    lab,
    [...wanted].filter(reference => !offered.has(reference)),
  );
  await createStill(lab, missing);
  return [...new Set(all.map(({ reference }) => reference))];
}
