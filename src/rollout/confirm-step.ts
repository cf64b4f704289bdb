import { nameOf } from '../container/inspected.ts';
import { parseRolloutLabel, ROLLOUT_LABEL } from '../container/rollout-label.ts';
import type { Engine } from '../engine/engine.ts';
import { familiarName, nameByDigest } from '../image/reference.ts';
import { samePolicy } from '../plan/restart-policies.ts';
import type { Step } from '../plan/step.ts';

/**
 * Whether a step's effect is there. Asked where a call gave no answer: the engine finishes what it has begun even
 * if nobody waits for it, so nothing may be assumed, and nothing done twice. @throws EngineError
 */
export async function stepHolds(engine: Engine, step: Step): Promise<boolean> {
  switch (step.kind) {
    case 'pull':
      return (await engine.inspectImage(nameByDigest(step.reference, step.digest))) !== undefined;
    case 'tag': {
      const tagged = await engine.inspectImage(familiarName({ ...step.reference, digest: undefined }));
      const image = await engine.inspectImage(step.image);
      return tagged !== undefined && tagged.Id === image?.Id;
    }
    case 'create': {
      const container = await engine.inspectContainer(step.name);
      return parseRolloutLabel(container?.Config.Labels[ROLLOUT_LABEL])?.id === step.rolloutId;
    }
    case 'connect': {
      const container = await engine.inspectContainer(step.container);
      return step.network in (container?.NetworkSettings.Networks ?? {});
    }
    case 'disconnect': {
      const container = await engine.inspectContainer(step.container);
      return !(step.network in (container?.NetworkSettings.Networks ?? {}));
    }
    case 'restart-policy': {
      const policy = (await engine.inspectContainer(step.container))?.HostConfig.RestartPolicy;
      return policy !== null && policy !== undefined && samePolicy(policy, step.policy);
    }
    case 'stop':
      return (await engine.inspectContainer(step.container))?.State.Running === false;
    case 'start':
      return (await engine.inspectContainer(step.container))?.State.Running === true;
    case 'rename': {
      const container =
        (await engine.inspectContainer(step.container)) ?? (await engine.inspectContainer(step.to));
      return container !== undefined && nameOf(container) === step.to;
    }
    case 'remove':
      return (await engine.inspectContainer(step.container)) === undefined;
    case 'remove-image':
      return (await engine.inspectImage(step.image)) === undefined;
    // Looked at or done once more, it does no harm.
    case 'remove-volume':
    case 'compare':
    case 'verify':
      return false;
    default:
      return step satisfies never;
  }
}
