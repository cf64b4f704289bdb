import { familiarName } from '../image/reference.ts';
import type { Step } from './step.ts';

/**
 * Steps as a person would take them with the docker command, without those that only look. Making a container takes
 * more than a person can type, so they take the copy that it would be made of.
 */
export function renderCommands(steps: readonly Step[]): readonly string[] {
  const taken = new Set(steps.flatMap(step => (step.kind === 'create' ? (step.copyOf ?? []) : [])));
  const made = new Set(steps.flatMap(step => (step.kind === 'create' ? step.name : [])));
  return steps
    .filter(step => !(step.kind === 'remove' && taken.has(step.container)))
    .filter(step => !(step.kind === 'connect' && made.has(step.container)))
    .flatMap(step => renderCommand(step) ?? []);
}

function renderCommand(step: Step): string | undefined {
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
      return docker('rm', ...(step.withVolumes ? ['-v'] : []), step.container);
    case 'remove-volume':
      return docker('volume', 'rm', step.volume);
    case 'remove-image':
      return docker('rmi', step.image);
    case 'disconnect':
      return docker('network', 'disconnect', '-f', step.network, step.container);
    case 'connect':
      return docker('network', 'connect', ...connectOptions(step.endpoint), step.network, step.container);
    case 'create':
      return step.copyOf === undefined ? undefined : docker('rename', step.copyOf, step.name);
    // Nobody has to do these by hand.
    case 'pull':
    case 'compare':
    case 'verify':
      return undefined;
    default:
      return step satisfies never;
  }
}

/** What of an endpoint can be said with `docker network connect`. */
function connectOptions({ Aliases, IPAMConfig }: Readonly<Record<string, unknown>>): readonly string[] {
  const { IPv4Address: ip, IPv6Address: ip6 } = (IPAMConfig ?? {}) as Readonly<Record<string, string>>;
  const aliases = (Aliases ?? []) as readonly string[];
  return [
    ...(ip ? ['--ip', ip] : []),
    ...(ip6 ? ['--ip6', ip6] : []),
    ...aliases.flatMap(alias => ['--alias', alias]),
  ];
}

/** Ids of containers as short as people quote them. */
function docker(...words: readonly string[]): string {
  return ['docker', ...words.map(word => (/^[0-9a-f]{64}$/.test(word) ? word.slice(0, 12) : word))].join(' ');
}
