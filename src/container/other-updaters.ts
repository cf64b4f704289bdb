import { parseReference } from '../image/reference.ts';

/** Another program that looks after the images of containers. */
export interface OtherUpdater {
  /** What people call it. */
  readonly called: string;
  /** Whether it makes containers anew by itself; if not, it tells, or acts when it is told to, or elsewhere. */
  readonly updates: boolean;
  /** Why it is in nobody's way, where it is not. */
  readonly because: string;
}

/** What is looked at: the image's name, and what its user started it with. */
export interface SuspectedUpdater {
  readonly image: string;
  readonly env: readonly string[];
  readonly args: readonly string[];
}

interface Known {
  readonly called: string;
  /** Of the path in a registry: forks and mirrors keep the name, and change the owner. */
  readonly path: RegExp;
  /** Why it is in nobody's way: always, or as this one is started. */
  readonly harmless?: (suspected: SuspectedUpdater) => string | undefined;
}

const always = (because: string) => () => because;
const TELLS = 'it tells of updates, and makes none';
const SWARM = 'it updates services of Swarm, which are left alone here';

const KNOWN: readonly Known[] = [
  {
    called: 'Watchtower',
    path: /(^|[/-])watchtower$/,
    harmless: each =>
      isOn(each, 'WATCHTOWER_MONITOR_ONLY', /^(-m|--monitor-only)(=|$)/) ? TELLS : undefined,
  },
  {
    called: 'Ouroboros',
    path: /\/ouroboros$/,
    harmless: each => (isOn(each, 'MONITOR_ONLY', /^--monitor-only(=|$)/) ? TELLS : undefined),
  },
  // Both of them update by triggers, and have none unless somebody sets one up.
  { called: 'WUD', path: /(^|\/)(whats-up-docker|getwud\/wud)$/, harmless: each => noTrigger(each, 'WUD') },
  { called: 'Drydock', path: /\/drydock$/, harmless: each => noTrigger(each, 'DD') },
  { called: 'Tugtainer', path: /\/tugtainer(-agent)?$/ },
  { called: 'Dockwatch', path: /\/dockwatch$/ },
  { called: 'doco-cd', path: /\/doco-cd$/ },
  { called: 'Diun', path: /\/diun$/, harmless: always(TELLS) },
  { called: 'Cup', path: /^sergi0g\/cup$/, harmless: always(TELLS) },
  { called: 'Shepherd', path: /\/shepherd$/, harmless: always(SWARM) },
  {
    called: 'Keel',
    path: /\/keel$/,
    harmless: always('it updates what Kubernetes owns, which is left alone here'),
  },
  { called: 'Dockge', path: /\/dockge$/, harmless: always('it updates when somebody tells it to') },
];

/** Which other updater a container is, by the name of its image; undefined if it is none that is known. */
export function otherUpdater(suspected: SuspectedUpdater): OtherUpdater | undefined {
  const path = parseReference(suspected.image)?.path ?? '';
  const known = KNOWN.find(each => each.path.test(path));
  if (known === undefined) return undefined;
  const because = known.harmless?.(suspected);
  return { called: known.called, updates: because === undefined, because: because ?? '' };
}

/** Tells Podman's own timer to update a container (podman-auto-update(1)). */
export const PODMAN_AUTO_UPDATE = 'io.containers.autoupdate';

function isOn({ env, args }: SuspectedUpdater, variable: string, option: RegExp): boolean {
  const value = env.find(each => each.startsWith(`${variable}=`))?.slice(variable.length + 1);
  const given = args.find(each => option.test(each));
  return /^(true|1|yes|t)$/i.test(value ?? '') || (given !== undefined && !/=(false|0)$/i.test(given));
}

function noTrigger({ env }: SuspectedUpdater, prefix: string): string | undefined {
  const trigger = new RegExp(`^${prefix}_(TRIGGER|ACTION)_DOCKER(COMPOSE)?_`, 'i');
  return env.some(each => trigger.test(each)) ? undefined : TELLS;
}
