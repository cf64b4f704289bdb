type Labels = Readonly<Record<string, string>>;

/** Labels by which somebody else's hand is known; what they own is theirs to update. */
const OWNERS: readonly { readonly label: string; readonly value?: string; readonly reason: string }[] = [
  {
    label: 'com.docker.swarm.task.id',
    reason: 'a Swarm task: the engine replaces it by itself (docker service update)',
  },
  { label: 'io.kubernetes.pod.name', reason: 'owned by Kubernetes' },
  {
    label: 'com.docker.compose.oneoff',
    value: 'True',
    reason: 'a one-off of docker compose run',
  },
  { label: 'PODMAN_SYSTEMD_UNIT', reason: 'owned by systemd (Quadlet): stopping it would remove it' },
];

/** Why a container belongs to somebody else; undefined if it does not. */
export function foreignOwner(labels: Labels): string | undefined {
  return OWNERS.find(({ label, value = labels[label] }) => label in labels && labels[label] === value)
    ?.reason;
}

const COMPOSE_FOLDER = 'com.docker.compose.project.working_dir';

/**
 * The folder of the compose file that a container comes from, as it was given to compose. What an image brings with
 * it counts for nothing: it was made somewhere else.
 */
export function composeFolder(container: Labels, image: Labels): string | undefined {
  const folder = container[COMPOSE_FOLDER];
  return folder === image[COMPOSE_FOLDER] ? undefined : folder;
}
