import type { Spec } from '../container/carry-over.ts';
import { coincidences } from '../container/coincidences.ts';
import type { InspectedImage } from '../container/inspected.ts';
import { preflightName } from '../container/names.ts';
import type { HealthDemand } from './health-demand.ts';
import { memberLabel } from './member-label.ts';
import { isNamedByUser, type ObservedContainer, type ObservedMember } from './observed.ts';
import { planMake } from './plan-make.ts';
import type { Member, Rollout } from './rollout.ts';
import type { Step } from './step.ts';
import type { Takeover } from './takeover.ts';
import { verifyCause } from './verify-cause.ts';

/** Why the new image is tried. */
export const PREFLIGHT_CAUSE =
  'the preflight: a copy without ports, names and data, so that a broken image costs no downtime';

/** An image to be tried, in what, and why. */
export interface Trial {
  readonly image: InspectedImage;
  readonly spec: Spec;
  /** What it must show; of whatever image it speaks. */
  readonly demand: HealthDemand;
  readonly cause: string;
}

/** Tries the new image as it is wanted, and does nothing where it is not. */
export function planPreflight(
  rollout: Rollout,
  takeover: Takeover,
  trial: Pick<Trial, 'image' | 'cause'>,
): readonly Step[] {
  const { strategy } = takeover;
  if (strategy.kind !== 'preflight') return [];
  const { spec, demand } = strategy;
  return planTrial(rollout, takeover, { ...trial, spec, demand });
}

/** Tries an image in a copy beside the running container, which notices nothing, and takes the copy away again. */
export function planTrial(
  rollout: Rollout,
  takeover: Takeover,
  { image, spec, demand, cause }: Trial,
): readonly Step[] {
  const { member, platform, traits } = takeover;
  const name = preflightName(member.name, rollout.id);
  const base = { subject: member.name, container: name };
  return [
    ...planMake({
      blueprint: { spec, image, userSet: coincidences(spec, image.Config), platform, traits },
      name,
      from: image.Id,
      label: memberLabel(rollout, member, 'preflight'),
      cause,
    }),
    { kind: 'start', ...base, cause: 'beside the old one, which goes on serving' },
    { kind: 'verify', ...base, demand: { ...demand, image: image.Id }, cause: verifyCause(demand) },
    ...planDismissal(member, { id: name, running: true }),
  ];
}

/** Takes a copy away that is still there, unless a person took it, by a name of their own. */
export function planLeftoverDismissal(member: Member, { preflight }: ObservedMember): readonly Step[] {
  return preflight === undefined || isNamedByUser(member, preflight) ? [] : planDismissal(member, preflight);
}

/** Takes the copy away; the volumes that were made for it alone go with it, in the same call. */
export function planDismissal(
  { name: subject, stopGrace: grace }: Member,
  { id: container, running }: Pick<ObservedContainer, 'id' | 'running'>,
): readonly Step[] {
  const cause = 'it was made for the preflight alone';
  return [
    ...(running ? [{ kind: 'stop', subject, container, grace, cause } as const] : []),
    { kind: 'remove', subject, container, withVolumes: true, cause },
  ];
}
