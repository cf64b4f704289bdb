import { cleanText } from '../base/clean-text.ts';
import { formatDuration } from '../base/duration.ts';
import { shortDigest } from '../image/digest.ts';
import { familiarName, nameByDigest } from '../image/reference.ts';
import type { Step } from './step.ts';

const LONGEST_NAME = 300;

/** A step as one line: what is done, and why. */
export function renderStep(step: Step): string {
  return `${whatIsDone(step)} — ${step.cause}`;
}

/** What a step does, without why. */
export function whatIsDone(step: Step): string {
  switch (step.kind) {
    case 'pull':
      return `pull ${shortName(nameByDigest(step.reference, step.digest))}${step.platform === undefined ? '' : ` for ${step.platform}`}`;
    case 'tag':
      return `tag ${shortName(step.image)} as ${familiarName({ ...step.reference, digest: undefined })}`;
    case 'create':
      return `create ${step.name}`;
    case 'connect':
      return `connect ${shortName(step.container)} to network ${shortName(step.network)}`;
    case 'disconnect':
      return `disconnect ${shortName(step.container)} from network ${shortName(step.network)}`;
    case 'compare':
      return `compare ${shortName(step.container)} with ${step.subject}`;
    case 'restart-policy':
      return `set restart policy ${step.policy.Name || 'no'} on ${shortName(step.container)}`;
    case 'stop':
      return `stop ${shortName(step.container)}, ${formatDuration(step.grace * 1000)} grace`;
    case 'rename':
      return `rename ${shortName(step.container)} to ${step.to}`;
    case 'start':
      return `start ${shortName(step.container)}`;
    case 'verify':
      return `verify ${shortName(step.container)}`;
    case 'remove':
      return `remove ${shortName(step.container)}${step.withVolumes ? ' and the volumes made for it' : ''}`;
    case 'remove-volume':
      return `remove volume ${shortName(step.volume)}`;
    case 'remove-image':
      return `remove image ${shortName(step.image)}`;
    default:
      return step satisfies never;
  }
}

/** Ids and digests as people quote them; names as they are, made safe for a terminal. */
function shortName(name: string): string {
  return cleanText(name.replace(/(?:sha256:)?[0-9a-f]{64}/g, shortDigest), LONGEST_NAME);
}
