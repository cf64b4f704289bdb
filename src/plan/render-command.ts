import { familiarName } from '../image/reference.ts';
import type { Step } from './step.ts';

/** A step as a person would take it with the docker command; undefined for one that only looks. */
export function renderCommand(step: Step): string | undefined {
  switch (step.kind) {
    case 'tag':
      return docker('tag', step.image, familiarName({ ...step.reference, digest: undefined }));
    case 'restart-policy': {
      const { Name, MaximumRetryCount: retries } = step.policy;
      return docker('update', `--restart=${Name || 'no'}${retries > 0 ? `:${retries}` : ''}`, step.container);
    }
    case 'stop':
      return docker('stop', '-t', String(step.grace), step.container);
    case 'rename':
      return docker('rename', step.container, step.to);
    case 'start':
      return docker('start', step.container);
    case 'remove':
      return docker('rm', step.container);
    case 'remove-volume':
      return docker('volume', 'rm', step.volume);
    case 'remove-image':
      return docker('rmi', step.image);
    // Nobody has to do these by hand: going back neither makes containers nor compares them, and looks at the end.
    case 'pull':
    case 'create':
    case 'connect':
    case 'compare':
    case 'verify':
      return undefined;
    default:
      return step satisfies never;
  }
}

/** Ids of containers as short as people quote them. */
function docker(...words: readonly string[]): string {
  return ['docker', ...words.map(word => (/^[0-9a-f]{64}$/.test(word) ? word.slice(0, 12) : word))].join(' ');
}
