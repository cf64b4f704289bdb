import { open, opendir } from 'node:fs/promises';
import { connect } from 'node:net';
import { systemCode } from '../base/failure.ts';

/** Whom the kernel takes us for. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
  /** Its other groups. */
  readonly groups: readonly number[];
}

/** What a user of a service has to reach. */
export interface Needs {
  /** The engine's socket, where there is one. */
  readonly socket: string | undefined;
  readonly folders: readonly string[];
  readonly files: readonly string[];
}

/**
 * Tries as another user, which root may, whether that one reaches what it needs. Nothing else may go on in this
 * process meanwhile: for as long as it takes, all of it is that user.
 * @returns the first thing that is out of reach, in words that finish "it may not …"
 */
export async function whyNotAs(identity: Identity, needs: Needs): Promise<string | undefined> {
  const before = process.getgroups?.() ?? [];
  process.setgroups?.([...identity.groups]);
  process.setegid?.(identity.gid);
  process.seteuid?.(identity.uid);
  try {
    return await firstOutOfReach(needs);
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(before);
  }
}

async function firstOutOfReach({ socket, folders, files }: Needs): Promise<string | undefined> {
  for (const folder of folders) {
    const isOpen = await reaches(async () => (await opendir(folder)).close());
    if (!isOpen) return `enter ${folder}`;
  }
  for (const file of files) {
    const isReadable = await reaches(async () => (await open(file)).close());
    if (!isReadable) return `read ${file}`;
  }
  return socket === undefined || (await reaches(() => call(socket))) ? undefined : `use ${socket}`;
}

/** Only a refusal counts: what is not there, or does not answer, may be there tomorrow. */
async function reaches(attempt: () => Promise<void>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch (error) {
    return !['EACCES', 'EPERM'].includes(systemCode(error) ?? '');
  }
}

function call(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}
