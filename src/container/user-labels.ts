import { labelDelta } from './config-delta.ts';
import { ROLLOUT_LABEL, USER_SET_LABEL } from './rollout-label.ts';
import { NOTHING_SET, parseUserSet, type UserSet } from './user-set.ts';

type Labels = Readonly<Record<string, string>>;

/**
 * The labels that the user set on a container. A label that the image brings with the same value counts as the
 * image's, unless we wrote down at its creation that the user had set it.
 */
export function userLabels(container: Labels, image: Labels): Record<string, string> {
  return labelDelta({ Labels: container }, { Labels: image }, userSetOf(container, image));
}

/**
 * What was written down on the container as the user's. An image that brings such a list itself is not believed;
 * on what we made ourselves the list is ours, even where an image foresaw its very words to have it doubted.
 */
export function userSetOf(container: Labels, image: Labels): UserSet {
  const list = container[USER_SET_LABEL];
  const isOurs = ROLLOUT_LABEL in container && container[ROLLOUT_LABEL] !== image[ROLLOUT_LABEL];
  return list === undefined || (!isOurs && list === image[USER_SET_LABEL]) ? NOTHING_SET : parseUserSet(list);
}
