import { carryOver } from '../container/carry-over.ts';
import { coincidences } from '../container/coincidences.ts';
import type { InspectedContainer, InspectedImage } from '../container/inspected.ts';
import { userSetOf } from '../container/user-labels.ts';
import type { EngineIdentity } from '../engine/engine.ts';
import { foreignPlatform } from '../image/platform.ts';
import { type Blueprint, removedWhenStopped } from '../plan/plan-make.ts';

/** What a copy was made from; this time the engine shall remove the container when it stops. */
export function readBlueprint(
  copy: InspectedContainer,
  oldImage: InspectedImage | undefined,
  identity: EngineIdentity,
): Blueprint {
  // Without its image nothing can be made again; the engine says so then.
  const image = oldImage ?? { Id: copy.Image, Config: { Labels: {} } };
  const userSet = userSetOf(copy.Config.Labels, image.Config.Labels);
  const spec = removedWhenStopped(carryOver(copy, image.Config, identity, userSet), true);
  return {
    spec,
    image,
    userSet: coincidences(spec, image.Config),
    traits: identity,
    platform: foreignPlatform(image, identity.platform),
  };
}
