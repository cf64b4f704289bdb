import type { FolderRules } from '../base/own-folder.ts';

export const STATE_FOLDER: FolderRules = { what: 'the state folder', private: true };
/** Who may read the log is for its owner to say. */
export const LOG_FOLDER: FolderRules = { what: 'the log folder', private: false };
