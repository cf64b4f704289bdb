import { join } from 'node:path';
import { prepareOwnFolder } from '../base/own-folder.ts';
import type { Home } from './home.ts';
import { STATE_FOLDER } from './own-folders.ts';

/** The home's private folder. @throws FolderError */
export async function openStateFolder(home: Home): Promise<string> {
  const folder = join(home.path, 'state');
  await prepareOwnFolder(folder, STATE_FOLDER);
  return folder;
}
