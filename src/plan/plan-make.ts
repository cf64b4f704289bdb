import type { EngineTraits, Spec } from '../container/carry-over.ts';
import { createBody, isJoinedAtCreation } from '../container/create-body.ts';
import type { InspectedImage } from '../container/inspected.ts';
import { type RolloutLabel, USER_SET_LABEL } from '../container/rollout-label.ts';
import type { UserSet } from '../container/user-set.ts';
import type { Step } from './step.ts';

/** What a container is made from, whoever's it is. */
export interface Blueprint {
  readonly spec: Spec;
  /** The image that it shall run. */
  readonly image: InspectedImage;
  readonly userSet: UserSet;
  readonly traits: EngineTraits;
  /** `os/architecture[/variant]` where it is not the engine's own. */
  readonly platform: string | undefined;
}

/** One container that is to be made. */
export interface Making {
  readonly blueprint: Blueprint;
  readonly name: string;
  /** The image's name, or its id. */
  readonly from: string;
  readonly label: RolloutLabel;
  readonly cause: string;
  /** The container that a person, who cannot type all this, would take instead. */
  readonly copyOf?: string;
}

/** Makes a container, on all its networks, and has it held against what was asked for. Nothing starts. */
export function planMake({ blueprint, name, from, label, cause, copyOf }: Making): readonly Step[] {
  const { spec, image, userSet, platform } = blueprint;
  const subject = label.name;
  return [
    {
      kind: 'create',
      subject,
      name,
      rolloutId: label.id,
      body: createBody(spec, {
        reference: from,
        imageId: image.Id,
        userSet,
        imageBringsList: USER_SET_LABEL in image.Config.Labels,
        label,
      }),
      platform,
      ...(copyOf !== undefined && { copyOf }),
      cause,
    },
    ...spec.others
      .filter(each => !isJoinedAtCreation(each))
      .map(
        ({ network, endpoint }): Step => ({
          kind: 'connect',
          subject,
          container: name,
          network,
          endpoint,
          cause: 'the container is on it today',
        }),
      ),
    planCompare(blueprint, { subject, container: name }),
  ];
}

/** Has a container held against what it was to be. */
export function planCompare(
  { spec, image, userSet, traits }: Blueprint,
  base: { readonly subject: string; readonly container: string },
): Step {
  return {
    kind: 'compare',
    ...base,
    intended: spec,
    image,
    userSet,
    traits,
    cause: 'the engine drops what it does not know without a word',
  };
}

/** The same, for a container that the engine removes when it stops (`--rm`), or does not. */
export function removedWhenStopped(spec: Spec, isRemoved: boolean): Spec {
  return { ...spec, host: { ...spec.host, AutoRemove: isRemoved } };
}
