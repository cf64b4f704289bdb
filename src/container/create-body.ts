import type { Spec } from './carry-over.ts';
import { COMPOSE_IMAGE_LABEL } from './config-delta.ts';
import type { NetworkAttachment } from './network-carry.ts';
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
  /** Whether the new image has a label that is called like ours. */
  readonly imageBringsList: boolean;
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
      // Empty too, where the image brings a list of its own: it would be taken for ours.
      ...((successor.userSet.size > 0 || successor.imageBringsList) && {
        [USER_SET_LABEL]: printUserSet(successor.userSet),
      }),
    },
    HostConfig: { ...spec.host, RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
    ...networking(spec),
  };
}

/**
 * Whether a network is joined when the container is created: a MAC address is ignored on connecting to one
 * later (until API 1.54). Only engines that take several networks at creation have such addresses.
 */
export function isJoinedAtCreation({ endpoint }: NetworkAttachment): boolean {
  return 'MacAddress' in endpoint;
}

function networking({ primary, others }: Spec): Record<string, unknown> {
  const along = others.filter(isJoinedAtCreation);
  // By itself the engine joins the network of the mode, with an empty endpoint, where no network is named.
  const isPlain = primary === undefined || Object.keys(primary.endpoint).length === 0;
  if (isPlain && along.length === 0) return {};
  const all = primary === undefined ? along : [primary, ...along];
  return {
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(all.map(({ network, endpoint }) => [network, endpoint])),
    },
  };
}
