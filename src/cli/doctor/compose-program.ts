import { ComposeError, composeFile } from '../compose.ts';
import { type Check, ok, skipped, warn } from './check.ts';
import { homeFolder } from './home-folder.ts';

export const composeProgram: Check = {
  what: 'compose',
  needs: [homeFolder],
  look: async ({ home, compose }) => {
    if (composeFile(home().path) === undefined) return skipped('not needed without a compose file');
    try {
      const { command, version } = await compose();
      const words = `${command.join(' ')}, version ${version}`;
      return /^v?1\./.test(version)
        ? warn(
            `${words}: it is no longer maintained, and notes down no depends_on, so that the order of updates is not known`,
            'Install compose 2 or newer (Debian 13: docker-compose; Docker’s own packages: docker-compose-plugin), and start the stack anew with it.',
          )
        : ok(words);
    } catch (error) {
      if (!(error instanceof ComposeError && error.code === 'no-compose')) throw error;
      return warn(`${error.message} What runs is updated, but cannot be started from here`, error.hint);
    }
  },
};
