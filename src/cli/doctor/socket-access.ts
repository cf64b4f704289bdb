import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { readDockerHost } from '../../engine/docker-host.ts';
import { bad, type Place, type Verdict } from './check.ts';

/** Which group has to be joined to use the engine's socket. @returns undefined where no group would help */
export async function whyNoAccess(environment: Place['environment']): Promise<Verdict | undefined> {
  const { socketPath } = readDockerHost(environment);
  const stats = socketPath === undefined ? undefined : await stat(socketPath).catch(() => undefined);
  if (stats === undefined || (stats.mode & 0o060) !== 0o060) return undefined;
  const { username } = userInfo();
  const group = await findGroup(stats.gid);
  const says = `${username} may not use ${socketPath}, which is for root and the group ${group?.name ?? stats.gid}`;
  if (group === undefined || stats.gid === 0) return bad(says, 'Run refreshd as root.');
  return group.members.includes(username)
    ? bad(`${says}; ${username} is in it, but was not yet when this session began`, 'Log out, and in again.')
    : bad(
        says,
        `Join it: sudo usermod -aG ${group.name} ${username}, then log in again. Whoever is in it can be root on this machine. Or run refreshd as root.`,
      );
}

/** group(5): name, password, group id, members. */
async function findGroup(
  id: number,
): Promise<{ readonly name: string; readonly members: readonly string[] } | undefined> {
  const lines = (await readFile('/etc/group', 'utf8').catch(() => '')).split('\n');
  const [name, , , members = ''] =
    lines.map(line => line.split(':')).find(([, , gid]) => gid === String(id)) ?? [];
  return name === undefined ? undefined : { name, members: members.split(',') };
}
