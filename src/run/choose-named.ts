import { Failure } from '../base/failure.ts';
import { nearest } from '../base/nearest.ts';
import type { SurveyedContainer } from './survey.ts';

/** A run cannot be begun as asked. */
export class RunError extends Failure<'not-watched' | 'nothing-before' | 'not-possible' | 'not-a-digest'> {}

/** The containers of those names; all, if none is named. @throws RunError for a name that is not watched */
export function chooseNamed(
  survey: readonly SurveyedContainer[],
  names: readonly string[],
): readonly SurveyedContainer[] {
  if (names.length === 0) return survey;
  const unknown = names.filter(name => !survey.some(container => container.name === name));
  if (unknown.length === 0) return survey.filter(({ name }) => names.includes(name));
  const watched = survey.map(({ name }) => name);
  const meant = unknown
    .map(name => nearest(name, watched, Math.ceil(name.length / 2)))
    .find(name => name !== undefined);
  throw new RunError(
    'not-watched',
    `No watched container is called ${unknown.join(' or ')} (watched: ${watched.join(', ') || 'none'}).`,
    {
      hint:
        meant === undefined
          ? 'Label it refreshd.enable=true, or widen REFRESHD_WATCH.'
          : `Did you mean ${meant}? If not, label it refreshd.enable=true, or widen REFRESHD_WATCH.`,
    },
  );
}
