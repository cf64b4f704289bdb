import pLimit from 'p-limit';
import { within } from '../base/deadline.ts';
import type { InspectedImage } from '../container/inspected.ts';
import { isIdOf } from '../image/digest.ts';
import { familiarName, formatReference, parseReference, type Reference } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import { withoutAsking } from '../plan/verdict.ts';
import type { Registry } from '../registry/registry.ts';
import { RegistryError } from '../registry/registry-error.ts';
import { mayBeOfOwnMaking } from './resolve.ts';
import type { SurveyedContainer } from './survey.ts';

/** What came of asking for one reference. */
export interface RegistryAnswer {
  readonly reference: Reference;
  /** The names of the containers that are made from it. */
  readonly containers: readonly string[];
  /** Why its registry did not say what it offers. */
  readonly failure: RegistryError | undefined;
}

export interface AskRegistriesOptions {
  readonly registry: Pick<Registry, 'offeredDigest'>;
  readonly digestsForAll: boolean | undefined;
  readonly concurrency: number;
  /** How long one answer is waited for, in milliseconds. */
  readonly patience: number;
}

/**
 * Asks what is offered for each reference that a run would ask for, once each, and looks at nothing else of it:
 * whether registries are reached, and let us in.
 */
export async function askRegistries(
  survey: readonly SurveyedContainer[],
  { registry, digestsForAll, concurrency, patience }: AskRegistriesOptions,
): Promise<readonly RegistryAnswer[]> {
  const answers = await pLimit(concurrency).map(
    questionsOf(survey),
    async ({ reference, image, containers }) => {
      const failure = await failureOf(registry, reference, patience);
      const isUnknown = failure?.code === 'not-found' || failure?.code === 'denied';
      return isUnknown && mayBeOfOwnMaking(reference, image, digestsForAll)
        ? []
        : [{ reference, containers, failure }];
    },
  );
  return answers.flat();
}

interface Question {
  readonly reference: Reference;
  readonly image: InspectedImage;
  readonly containers: readonly string[];
}

function questionsOf(survey: readonly SurveyedContainer[]): readonly Question[] {
  const questions = new Map<string, Question>();
  for (const { name, image, imageId, selection, ...container } of survey) {
    const reference = parseReference(container.reference);
    if (selection.kind === 'skipped' || image === undefined || reference === undefined) continue;
    if (isIdOf(container.reference, imageId)) continue;
    if (withoutAsking({ pinnedDigest: reference.digest, digests: digestsOf(image, reference) })) continue;
    const key = formatReference(reference);
    const containers = [...(questions.get(key)?.containers ?? []), name];
    questions.set(key, { reference, image, containers });
  }
  return [...questions.values()];
}

async function failureOf(
  registry: AskRegistriesOptions['registry'],
  reference: Reference,
  patience: number,
): Promise<RegistryError | undefined> {
  const late = () => {
    const message = `${reference.registry} gave no answer for ${familiarName(reference)} within ${Math.round(patience / 1000)} s.`;
    return new RegistryError('unreachable', message, {
      hint: 'See whether this machine, or its proxy, reaches it.',
      retryable: true,
    });
  };
  try {
    await within(patience, () => registry.offeredDigest(reference), late);
    return undefined;
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
}
