import type { Spec } from './carry-over.ts';
import type { InspectedContainer } from './inspected.ts';

/** One container uses something of another, and is left with nothing when that is replaced without it. */
export interface Tie {
  readonly kind: 'network' | 'pid' | 'ipc' | 'volumes' | 'link';
  /** Id or name of the other, as the engine has it. */
  readonly to: string;
}

/** A container as it is told from others. */
export interface Identity {
  readonly id: string;
  readonly name: string;
}

/** A container that others are tied to, and the one that takes its place. */
export interface Replacement {
  readonly old: Identity;
  readonly new: Identity;
}

const SHARED = /^container:(.+)$/;
const MODES = ['NetworkMode', 'PidMode', 'IpcMode'] as const;
const KIND_OF_MODE = { NetworkMode: 'network', PidMode: 'pid', IpcMode: 'ipc' } as const;

/**
 * What ties a container to others: a shared namespace (the engine keeps the other's id), volumes taken over from
 * it, or a link of the default bridge. Links of user-defined networks go by name and tie nothing.
 */
export function tiesOf({ HostConfig: host }: InspectedContainer): readonly Tie[] {
  const shared = MODES.flatMap((mode): Tie[] => {
    const [, to] = SHARED.exec(host[mode] ?? '') ?? [];
    return to === undefined ? [] : [{ kind: KIND_OF_MODE[mode], to }];
  });
  const volumes = (host.VolumesFrom ?? []).map((from): Tie => ({ kind: 'volumes', to: firstPart(from) }));
  const links = (host.Links ?? []).map((link): Tie => ({ kind: 'link', to: firstPart(link) }));
  return [...shared, ...volumes, ...links];
}

/** Whether a tie leads to that container: by its id, the beginning of it, or its name. */
export function leadsTo({ to }: Tie, { id, name }: Identity): boolean {
  return to === name || to === id || (to.length >= 12 && id.startsWith(to));
}

/** The tie in words: `uses the network of gateway`. */
export function tieWords(kind: Tie['kind'], name: string): string {
  switch (kind) {
    case 'network':
      return `uses the network of ${name}`;
    case 'pid':
      return `shares the processes of ${name}`;
    case 'ipc':
      return `shares the memory of ${name}`;
    case 'volumes':
      return `uses the volumes of ${name}`;
    case 'link':
      return `is linked to ${name}`;
    default:
      return kind satisfies never;
  }
}

/** The same spec, tied to the containers that take the others' places. */
export function retie(spec: Spec, replacements: readonly Replacement[]): Spec {
  if (replacements.length === 0) return spec;
  const successorOf = (to: string) =>
    replacements.find(each => leadsTo({ kind: 'network', to }, each.old))?.new;
  const modes = MODES.flatMap(mode => {
    const [, to = ''] = SHARED.exec(String(spec.host[mode] ?? '')) ?? [];
    const successor = successorOf(to);
    return successor === undefined ? [] : [[mode, `container:${successor.id}`] as const];
  });
  const links = spec.host['Links'] as readonly string[] | undefined;
  return {
    ...spec,
    host: {
      ...spec.host,
      ...Object.fromEntries(modes),
      ...(links !== undefined && {
        Links: links.map(link => {
          const successor = successorOf(firstPart(link));
          return successor === undefined ? link : `${successor.name}${link.slice(link.indexOf(':'))}`;
        }),
      }),
    },
  };
}

/** `db` of `db:alias`, `/db:/web/alias` and `db:ro`. */
function firstPart(text: string): string {
  return text.replace(/^\//, '').split(':')[0] ?? '';
}
