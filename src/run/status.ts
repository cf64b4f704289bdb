import type { Digest } from '../image/digest.ts';
import { parseReference } from '../image/reference.ts';
import { digestsOf } from '../image/repo-digests.ts';
import type { PastRollout } from '../journal/history.ts';
import type { LastRun } from '../journal/last-run.ts';
import { type Rejection, rejectionOf } from '../journal/rejections.ts';
import { remarksOnImage } from './remarks.ts';
import type { RunTools } from './run-tools.ts';
import { takeSurvey } from './survey.ts';
import { openTrust } from './trust.ts';

/** A watched container as it stands. */
export interface ContainerStatus {
  readonly name: string;
  readonly reference: string;
  readonly digest: Digest | undefined;
  /** What its image says of its version (`org.opencontainers.image.version`). */
  readonly version: string | undefined;
  /** In the engine's words. */
  readonly state: string;
  /** Why it is left alone, where it is. */
  readonly skipped: string | undefined;
  /** The only digest that it may run, and who says so. */
  readonly pin: { readonly digest: Digest; readonly by: 'label' | 'command' } | undefined;
  /** Why it is not clear what it is pinned to. */
  readonly pinProblem: string | undefined;
  /** What is pointed out, each in a sentence without a full stop. */
  readonly notes: readonly string[];
  readonly rejected: Rejection | undefined;
  readonly lastRollout: PastRollout | undefined;
}

export interface StatusReport {
  readonly engine: { readonly version: string; readonly apiVersion: string };
  readonly containers: readonly ContainerStatus[];
  /** Rollouts that are still open: interrupted, or waiting for a person. */
  readonly unfinished: readonly string[];
  /** Journal files that cannot be understood, and why. */
  readonly unreadable: readonly string[];
  /** What is wrong with the file of pins: then nothing is updated. */
  readonly pinsProblem: string | undefined;
  readonly lastRun: LastRun;
}

const VERSION_LABEL = 'org.opencontainers.image.version';

/** What is watched and how it stands; asks the engine, and no registry. */
export async function takeStatus(tools: RunTools): Promise<StatusReport> {
  const survey = await takeSurvey(tools);
  const [trust, { value: rejections }, past, { entries, unreadable }, { value: lastRun }] = await Promise.all(
    [
      openTrust(tools, survey),
      tools.rejections.recall(),
      tools.history.read(),
      tools.journal.peek(),
      tools.lastRun.recall(),
    ],
  );
  const lastRollouts = new Map(past.map(rollout => [rollout.container, rollout]));
  const evidence = { known: trust.known, now: tools.clock.now(), staleAfter: tools.policy.staleAfter };
  const containers = survey.map((container): ContainerStatus => {
    const { name, reference, image, status, selection } = container;
    const pin = trust.pinOf(container);
    const parsed = parseReference(reference);
    return {
      name,
      reference,
      digest: parsed === undefined ? undefined : digestsOf(image ?? {}, parsed)[0],
      version: image?.Config.Labels[VERSION_LABEL],
      state: status,
      skipped: selection.kind === 'skipped' ? selection.reason : undefined,
      pin: pin.kind === 'only' ? { digest: pin.digest, by: pin.by } : undefined,
      pinProblem: pin.kind === 'unclear' ? pin.reason : undefined,
      notes: remarksOnImage(container, evidence).map(({ words }) => words),
      rejected: rejectionOf(rejections, name),
      lastRollout: lastRollouts.get(name),
    };
  });
  const { version, apiVersion } = tools.identity;
  const unfinished = entries.flatMap(({ rollout }) => rollout.members.map(({ name }) => name));
  return {
    engine: { version, apiVersion },
    containers,
    unfinished,
    unreadable,
    pinsProblem: trust.pinsProblem,
    lastRun,
  };
}
