import type { Shaped } from '../base/shape.ts';
import { PIN } from '../container/labels.ts';
import { parseReference } from '../image/reference.ts';
import { bestEffort } from '../journal/best-effort.ts';
import type { PastRollout } from '../journal/history.ts';
import { type KnownDigests, knownSince, withSightings } from '../journal/known-digests.ts';
import { recallOrWarn } from '../journal/memory.ts';
import { type Pins, pinnedDigest } from '../journal/pins.ts';
import { type Pin, pinOf } from '../plan/pin.ts';
import type { Verdict } from '../plan/verdict.ts';
import { weighOffer } from '../plan/weigh-offer.ts';
import { nameOfOffer, runningSightings } from './note-sightings.ts';
import type { RunTools } from './run-tools.ts';
import type { RunningImage } from './running-image.ts';
import type { SurveyedContainer } from './survey.ts';
import { wentBack } from './went-back.ts';

/** By what a run decides whether it takes what is offered. */
export interface Trust {
  /** What is known by now, with what runs. */
  readonly known: KnownDigests;
  /** What is wrong with the file of pins. */
  readonly pinsProblem: string | undefined;
  pinOf(container: SurveyedContainer): Pin;
  /** Whether an offer is taken now: it may be too young, or one that ran here before. */
  weigh(
    container: SurveyedContainer,
    running: RunningImage,
    offer: Extract<Verdict, { kind: 'outdated' }>,
  ): Promise<Verdict>;
}

export type TrustTools = Pick<
  RunTools,
  'pins' | 'knownDigests' | 'history' | 'engine' | 'policy' | 'clock' | 'log'
>;

/**
 * Reads what is written down of pins and of digests.
 * @param survey every container that is watched, with what they run
 * @throws StateError where the pins cannot be read at all
 */
export async function openTrust(tools: TrustTools, survey: readonly SurveyedContainer[]): Promise<Trust> {
  const pins = await readPins(tools);
  const now = tools.clock.now();
  const recalled = (await bestEffort(tools.log, () => recallOrWarn(tools.knownDigests, tools.log))) ?? [];
  const known = withSightings(recalled, survey.flatMap(runningSightings), now);
  let past: Promise<readonly PastRollout[]> | undefined;
  const history = () => {
    past ??= bestEffort(tools.log, () => tools.history.read()).then(read => read ?? []);
    return past;
  };
  return {
    known,
    pinsProblem: pins.ok ? undefined : pins.problem,
    pinOf: ({ name, wishes, labelProblems }) => {
      const problem = labelProblems.find(each => each.startsWith(`label ${PIN} `));
      if (problem !== undefined) return { kind: 'unclear', reason: problem };
      return pinOf(name, wishes.pin, pins.ok ? { ok: true, value: pinnedDigest(pins.value, name) } : pins);
    },
    weigh: async ({ wishes }, running, offer) => {
      const reference = nameOfOffer(running.reference);
      return weighOffer(offer, {
        now,
        since: knownSince(known, reference, [offer.digest]) ?? now,
        minAge: wishes.minAge ?? tools.policy.minAge,
        minAgeBy: wishes.minAge === undefined ? 'REFRESHD_MIN_AGE' : 'refreshd.min-age',
        older: await wentBack({ known, history, engine: tools.engine }, running, offer),
        downgrade: tools.policy.downgrade,
      });
    },
  };
}

/** Pins that cannot be understood are a sentence in the log, and reason enough to update nothing. */
async function readPins({ pins, log }: Pick<TrustTools, 'pins' | 'log'>): Promise<Shaped<Pins>> {
  const read = await pins.read();
  if (read.ok) return read;
  const problem = `${pins.path} is not understood (${read.problem}); mend it, or remove it and pin anew`;
  log.error(`Nothing is updated, because it may be pinned: ${problem}.`);
  return { ok: false, problem };
}

/** The pin of each container that has or may have one, with the name of the image that it is made from. */
export function pinnedNames(
  { pinOf: pinFor }: Pick<Trust, 'pinOf'>,
  survey: readonly SurveyedContainer[],
): readonly PinnedName[] {
  return survey.flatMap(container => {
    const pin = pinFor(container);
    const reference = parseReference(container.reference);
    if (reference === undefined || pin.kind === 'none' || pin.kind === 'unknown') return [];
    return [{ name: container.name, reference: nameOfOffer(reference), pin }];
  });
}

export interface PinnedName {
  readonly name: string;
  readonly reference: string;
  readonly pin: Extract<Pin, { kind: 'only' | 'unclear' }>;
}
