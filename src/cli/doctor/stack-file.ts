import { openRunProgram, TOO_LONG } from '../../service/run-program.ts';
import { composeFile } from '../compose.ts';
import { COMPOSE_PATIENCE } from '../find-compose.ts';
import { bad, type Check, ok, skipped } from './check.ts';
import { homeFolder } from './home-folder.ts';

/** Has compose read the file. What it says may hold what is in it and in `.env`, so it is not passed on. */
export const stackFile: Check = {
  what: 'compose file',
  needs: [homeFolder],
  look: async ({ home, compose, environment }) => {
    const { path } = home();
    const file = composeFile(path);
    if (file === undefined) return skipped('there is none here');
    // Why there is no compose is said by another check.
    const command = await compose().then(
      found => found.command,
      () => undefined,
    );
    if (command === undefined) return skipped('not without compose');
    const run = openRunProgram(environment, { cwd: path, timeout: COMPOSE_PATIENCE });
    const { code, stderr } = await run([...command, 'config', '--quiet']);
    if (code === 0) return ok('compose understands it');
    const itself = `cd '${path}' && ${command.join(' ')} config --quiet`;
    if (code === TOO_LONG)
      return bad(
        `compose did not get through ${file} within ${COMPOSE_PATIENCE / 1000} s`,
        `See what keeps it: ${itself}`,
      );
    const line = /\bline (\d+)/.exec(stderr)?.[1];
    return bad(
      `compose does not understand ${file}${line === undefined ? '' : `, line ${line}`}`,
      `It says why itself, and may show values of .env with that: ${itself}`,
    );
  },
};
