import { composeFile } from '../compose.ts';
import { ComposeError } from '../compose-error.ts';
import { type Check, ok, skipped, warn } from './check.ts';
import { homeFolder } from './home-folder.ts';

export const composeProgram: Check = {
  what: 'compose',
  needs: [homeFolder],
  look: async ({ home, compose }) => {
    if (composeFile(home().path) === undefined) return skipped('not needed without a compose file');
    try {
      const { command, version } = await compose();
      return ok(`${command.join(' ')}, version ${version}`);
    } catch (error) {
      if (!(error instanceof ComposeError && (error.code === 'no-compose' || error.code === 'too-old')))
        throw error;
      return warn(`${error.message} What runs is updated, but cannot be started from here`, error.hint);
    }
  },
};
