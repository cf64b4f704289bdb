import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { whyNotAs } from '../../../src/service/try-as.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const SOMEBODY = { uid: 65534, gid: 65534, groups: [4242] };
const NONE = { socket: undefined, folders: [], files: [] };

/** A folder that everybody may enter, with a file, a locked folder, and a socket. */
async function place(mode: number) {
  const folder = tempFolder();
  chmodSync(folder, 0o755);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  chmodSync(file, mode);
  mkdirSync(join(folder, 'locked'), { mode: 0o700 });
  writeFileSync(join(folder, 'locked/file'), '');
  const socket = join(folder, 'socket');
  const server = createServer().listen(socket);
  onTestFinished(() => void server.close());
  await new Promise(resolve => server.once('listening', resolve));
  chmodSync(socket, mode);
  return { folder, file, socket };
}

it.skipIf(process.getuid?.() !== 0)('root finds out what another user may not', async () => {
  const closed = await place(0o600);
  const open = await place(0o666);
  const tried = (needs: Partial<Parameters<typeof whyNotAs>[1]>) => whyNotAs(SOMEBODY, { ...NONE, ...needs });
  expect(await tried({ folders: [open.folder], files: [open.file], socket: open.socket })).toBeUndefined();
  expect(await tried({ folders: [join(open.folder, 'locked')] })).toBe(`enter ${open.folder}/locked`);
  expect(await tried({ files: [closed.file] })).toBe(`read ${closed.file}`);
  expect(await tried({ files: [join(open.folder, 'locked/file')] })).toBe(`read ${open.folder}/locked/file`);
  expect(await tried({ socket: closed.socket })).toBe(`use ${closed.socket}`);
  // What is missing may be there tomorrow.
  expect(
    await tried({ files: [join(open.folder, 'none')], socket: join(open.folder, 'none') }),
  ).toBeUndefined();
  // And is root again.
  expect([process.geteuid?.(), process.getegid?.()]).toEqual([0, 0]);
  expect(process.getgroups?.()).not.toContain(4242);
});
