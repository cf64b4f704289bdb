/** A container needs another to be in place first. */
export interface Dependency {
  /** The other's name. */
  readonly on: string;
  /** Whether it is to be restarted when the other was replaced (compose: `restart: true`). */
  readonly restart: boolean;
}

/** What dependencies are read from. */
export interface Labelled {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
/** Written by compose v2 as `service:condition:restart`, separated by commas. */
const DEPENDS_ON = 'com.docker.compose.depends_on';

/**
 * The containers that one needs by the word of compose: all containers of each service that its own service
 * depends on, in the same project.
 */
export function composeDependencies({ labels }: Labelled, all: readonly Labelled[]): readonly Dependency[] {
  const project = labels[PROJECT];
  if (project === undefined) return [];
  return (labels[DEPENDS_ON] ?? '').split(',').flatMap(entry => {
    const [service = '', , restart = ''] = entry.trim().split(':');
    return all
      .filter(
        other => service !== '' && other.labels[PROJECT] === project && other.labels[SERVICE] === service,
      )
      .map(({ name }) => ({ on: name, restart: restart === 'true' }));
  });
}
