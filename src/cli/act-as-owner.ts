import { lstatSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { whyNotAs } from '../service/try-as.ts';

/** Node has it on every Unix (process.initgroups); its types do not. */
interface WithGroups {
  initgroups?(user: number, extraGroup: number): void;
}

/**
 * Makes root go on as the user whose state a home holds, as where the service has a user of its own: what root
 * would write there, that user could not read. Where that user reaches neither the home nor this program, root
 * stays root, and is told whose the folder is by whoever opens it.
 */
export async function actAsOwner(home: string): Promise<void> {
  const owner = lstatSync(join(home, 'state'), { throwIfNoEntry: false });
  if (process.getuid?.() !== 0 || owner === undefined || !owner.isDirectory() || owner.uid === 0) return;
  const { uid, gid } = owner;
  const needs = { socket: undefined, folders: [home], files: [fileURLToPath(import.meta.url)] };
  if ((await whyNotAs({ uid, gid, groups: [] }, needs)) !== undefined) return;
  const rootsHome = homedir();
  (process as WithGroups).initgroups?.(uid, gid);
  process.setgid?.(gid);
  process.setuid?.(uid);
  // Its own registry logins are what the service uses.
  if (process.env['HOME'] === rootsHome) process.env['HOME'] = userInfo().homedir;
  delete process.env['XDG_RUNTIME_DIR'];
}
