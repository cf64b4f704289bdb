import { stat } from 'node:fs/promises';
import type { RunProgram } from './run-program.ts';
import { ServiceError } from './service-error.ts';
import { type Identity, type Needs, whyNotAs } from './try-as.ts';

/** The user that the machine's service runs as. */
export interface ServiceAccount {
  readonly name: string;
  /** The folder that it calls its home. */
  readonly home: string;
  /** Whether it has to be made. */
  readonly isMissing: boolean;
  /** The group whose members may use the engine; undefined where it needs none. */
  readonly group: string | undefined;
  /** Whether it has to be put into that group. */
  readonly joins: boolean;
  /** Why it is root, where a user of its own was out of the question. */
  readonly becauseNot: string | undefined;
}

/** The user of its own, as it is made; its home is the folder of that name that systemd makes (StateDirectory=). */
export const OWN_ACCOUNT = { name: 'refreshd', home: '/var/lib/refreshd', stateDirectory: 'refreshd' };
/** Nobody in particular: it stands for a user that is yet to be made. */
const NOBODY = 65534;

/** Tries who may be the machine's service. */
export interface ChooseAccountOptions {
  /** The user that was asked for, if one was. */
  readonly asked: string | undefined;
  readonly needs: Needs;
  readonly run: RunProgram;
}

/**
 * A user of its own where that one reaches the engine and the home; else root.
 * @throws ServiceError for a user that was asked for and will not do
 */
export async function chooseAccount({ asked, needs, run }: ChooseAccountOptions): Promise<ServiceAccount> {
  if (asked === 'root') return root(undefined);
  const known = await findUser(asked ?? OWN_ACCOUNT.name, run);
  if (asked !== undefined && known === undefined)
    throw new ServiceError('unsuitable', `There is no user ${asked} on this machine.`, {
      hint: 'Leave --user out, and the service gets one of its own.',
    });
  // Somebody else's groups are not ours to change.
  const group = asked === undefined ? await findGroup(needs.socket, run) : undefined;
  const { name, home, ...own } = known ?? { ...OWN_ACCOUNT, uid: NOBODY, gid: NOBODY, groups: [] };
  const groups = [...own.groups, ...(group === undefined ? [] : [group.id])];
  const problem = await whyNotAs({ ...own, groups }, needs);
  if (problem === undefined)
    return {
      name,
      home,
      isMissing: known === undefined,
      group: group?.name,
      joins: group !== undefined && !own.groups.includes(group.id),
      becauseNot: undefined,
    };
  if (asked === undefined) return root(problem);
  throw new ServiceError('unsuitable', `The service cannot run as ${asked}: that user may not ${problem}.`, {
    hint: 'Change that, or leave --user out.',
  });
}

function root(becauseNot: string | undefined): ServiceAccount {
  return { name: 'root', home: '/root', isMissing: false, group: undefined, joins: false, becauseNot };
}

interface KnownUser extends Identity {
  readonly name: string;
  readonly home: string;
}

async function findUser(name: string, run: RunProgram): Promise<KnownUser | undefined> {
  const { stdout } = await run(['getent', 'passwd', name]);
  // passwd(5): name, password, user id, group id, comment, home, shell
  const [found, , uid, gid, , home] = stdout.trim().split(':');
  if (found === undefined || uid === undefined || home === undefined) return undefined;
  const { stdout: groups } = await run(['id', '-G', found]);
  return {
    name: found,
    home,
    uid: Number(uid),
    gid: Number(gid),
    groups: groups.trim().split(' ').map(Number),
  };
}

/**
 * The group that the engine's socket belongs to; where there is no socket yet, the one that it will belong to.
 * @returns undefined if there is no such group beside root's
 */
async function findGroup(
  socket: string | undefined,
  run: RunProgram,
): Promise<{ readonly id: number; readonly name: string } | undefined> {
  if (socket === undefined) return undefined;
  const id = await stat(socket).then(
    ({ gid }) => String(gid),
    () => 'docker',
  );
  // group(5): name, password, group id, members
  const [name = '', , found = ''] = (await run(['getent', 'group', id])).stdout.trim().split(':');
  if (found !== '') return found === '0' ? undefined : { name, id: Number(found) };
  if (id !== 'docker') return undefined;
  throw new ServiceError(
    'unsuitable',
    `There is no Docker engine on this machine yet: ${socket} is missing.`,
    {
      hint: 'Install Docker first, or set DOCKER_HOST.',
    },
  );
}
