import type { Spec } from './carry-over.ts';
import { COMPOSE_IMAGE_LABEL } from './config-delta.ts';
import { printRolloutLabel, ROLLOUT_LABEL, type RolloutLabel, USER_SET_LABEL } from './rollout-label.ts';
import { printUserSet, type UserSet } from './user-set.ts';

/** What is new about a successor, beside the spec it takes over. */
export interface Successor {
  /** The image's name as the user wrote it; the tag points at the new image by then. */
  readonly reference: string;
  /** The new image's id, as the engine gives it. */
  readonly imageId: string;
  readonly label: RolloutLabel;
  readonly userSet: UserSet;
}

/**
 * The body of `POST /containers/create` for a successor. It has no restart policy until commit: should the
 * machine go down before, the engine alone brings back the predecessor.
 */
export function createBody(spec: Spec, successor: Successor): Record<string, unknown> {
  const labels = (spec.config['Labels'] ?? {}) as Record<string, string>;
  const isCompose = COMPOSE_IMAGE_LABEL in labels;
  return {
    ...spec.config,
    Image: successor.reference,
    Labels: {
      ...labels,
      ...(isCompose && { [COMPOSE_IMAGE_LABEL]: successor.imageId }),
      [ROLLOUT_LABEL]: printRolloutLabel(successor.label),
      ...(successor.userSet.size > 0 && { [USER_SET_LABEL]: printUserSet(successor.userSet) }),
    },
    HostConfig: { ...spec.host, RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
    // An empty endpoint is what the engine makes by itself; on the default bridge it takes no other.
    ...(spec.primary !== undefined &&
      Object.keys(spec.primary.endpoint).length > 0 && {
        NetworkingConfig: { EndpointsConfig: { [spec.primary.network]: spec.primary.endpoint } },
      }),
  };
}
