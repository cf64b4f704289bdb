type Labels = Readonly<Record<string, string>>;

/** Labels by which somebody else's hand is known; what they own is theirs to update. */
const OWNERS: readonly { readonly label: string; readonly reason: string }[] = [
  {
    label: 'com.docker.swarm.task.id',
    reason: 'a Swarm task: the engine replaces it by itself (docker service update)',
  },
  { label: 'io.kubernetes.pod.name', reason: 'owned by Kubernetes' },
  { label: 'PODMAN_SYSTEMD_UNIT', reason: 'owned by systemd (Quadlet): stopping it would remove it' },
];

/** Why a container belongs to somebody else; undefined if it does not. */
export function foreignOwner(labels: Labels): string | undefined {
  return OWNERS.find(({ label }) => label in labels)?.reason;
}

/** Labels by which compose says where a container comes from. */
export const COMPOSE_FOLDER_LABEL = 'com.docker.compose.project.working_dir';
