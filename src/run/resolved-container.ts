import type { Verdict } from '../plan/verdict.ts';
import type { SurveyedContainer } from './survey.ts';

/** A watched container with what is to be done about it. */
export interface ResolvedContainer {
  readonly container: SurveyedContainer;
  readonly verdict: Verdict;
}
