import type { InspectedImage } from '../container/inspected.ts';
import { type Digest, parseDigest, shortDigest } from '../image/digest.ts';
import { parseReference, repositoryOf } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import { lastReplaced, type PastRollout } from '../journal/history.ts';
import { waysToUnpin } from '../plan/pin.ts';
import { rollOut } from '../rollout/roll-out.ts';
import { arrangeSets } from './arrange-run.ts';
import { announce } from './carry-out.ts';
import { chooseNamed, RunError } from './choose-named.ts';
import { whyHeld } from './hold-shared-tags.ts';
import { logOutcome } from './outcome-words.ts';
import { planRollout } from './plan-rollout.ts';
import { recoverAll } from './recover-all.ts';
import { type ContainerReport, reportEnd } from './report.ts';
import type { RunTools } from './run-tools.ts';
import { type SurveyedContainer, takeSurvey } from './survey.ts';
import { openTrust, pinnedNames, type Trust } from './trust.ts';

/**
 * Takes a container back to the image that it ran before its last update: by image id, verified like an update, its
 * data untouched. The digest that it leaves is rejected. If the old image does not work out either, the container
 * stays as it is.
 *
 * @throws RunError if there is nothing to go back to, or it was given another image since
 */
export async function rollBack(tools: RunTools, name: string): Promise<readonly ContainerReport[]> {
  const recovered = (await recoverAll(tools, false)).flatMap(reportEnd);
  const watched = await takeSurvey(tools);
  const [container] = chooseNamed(watched, [name]);
  if (container === undefined) return recovered;
  const past = lastReplaced(await tools.history.read(), name);
  if (past === undefined || past.fromImage === container.imageId)
    throw new RunError('nothing-before', `${name} has no update in the history to go back from.`);
  refuseForeign(container, past);
  const image = await tools.engine.inspectImage(past.fromImage);
  if (image === undefined) {
    throw new RunError(
      'nothing-before',
      `The image that ${name} ran before, ${shortDigest(past.fromDigest ?? past.fromImage)}, is not on this host any more.`,
      { hint: 'REFRESHD_KEEP_IMAGES says how many are kept.' },
    );
  }
  const digest = parseDigest(past.fromDigest ?? '');
  refusePinned(await openTrust(tools, watched), watched, container, image, digest);
  const [set = []] = await arrangeSets(
    tools,
    new Map([[container.id, { kind: 'kept', image: image.Id, digest }]]),
  );
  const plan = await planRollout(tools, set);
  if (plan.kind === 'skipped')
    throw new RunError('not-possible', `${name} cannot be taken back: ${plan.reason}.`);
  await announce(tools, plan.planned);
  const reports = reportEnd(await rollOut(tools, plan.planned));
  for (const report of [...recovered, ...reports]) logOutcome(tools.log, report);
  return [...recovered, ...reports];
}

/** Whoever gave it another image since wants that one: what ran before the update says nothing of it. */
function refuseForeign({ name, reference, image }: SurveyedContainer, past: PastRollout): void {
  const now = parseReference(reference);
  const then = parseReference(past.reference);
  if (now === undefined || then === undefined || repositoryOf(now) !== repositoryOf(then)) {
    throw new RunError(
      'nothing-before',
      `${name} is made from ${reference}, but its last update was one of ${past.reference}: there is nothing to go back to.`,
    );
  }
  if (digestsOf(image ?? {}, now).some(digest => digest === past.toDigest)) return;
  throw new RunError(
    'nothing-before',
    `${name} does not run what its last update gave it, ${shortDigest(past.toDigest ?? 'an image without a digest')}: somebody gave it another image since, so there is nothing to go back from.`,
  );
}

/** A pin goes before the wish to go back: a person made both, and cannot have meant both. */
function refusePinned(
  trust: Trust,
  watched: readonly SurveyedContainer[],
  container: SurveyedContainer,
  image: InspectedImage,
  before: Digest | undefined,
): void {
  const { name, labelProblems } = container;
  const pin = trust.pinOf(container);
  const reference = parseReference(container.reference);
  const digests = [before ?? [], reference === undefined ? [] : digestsOf(image, reference)].flat();
  const refuse = (why: string, hint: string) =>
    new RunError('not-possible', `${name} is not taken back: ${why}.`, { hint });
  const [problem] = labelProblems;
  if (problem !== undefined) throw refuse(problem, 'Mend the label first.');
  if (pin.kind === 'unclear' || pin.kind === 'unknown') throw refuse(pin.reason, '');
  if (pin.kind === 'only' && !digests.includes(pin.digest)) {
    const what = shortDigest(digests[0] ?? image.Id);
    const why = `it is pinned to ${shortDigest(pin.digest)}, and ran ${what} before`;
    throw refuse(why, waysToUnpin(name, pin));
  }
  const held = whyHeld(container, digests, pinnedNames(trust, watched));
  if (held !== undefined) throw refuse(held, '');
}
