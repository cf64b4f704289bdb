import type { SpawnOptions } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { askCredentialHelper } from '../../../src/registry/credential-helper.ts';
import { tempFolder } from '../../support/temp-folder.ts';

// The time limit of Node's own `spawn` cannot be turned by hand; it is made to run faster.
const spawning = vi.hoisted(() => ({ speed: 1 }));
vi.mock('node:child_process', async original => {
  const { spawn } = await original<typeof import('node:child_process')>();
  return {
    spawn: (program: string, args: readonly string[], options: SpawnOptions) =>
      spawn(program, args, { ...options, timeout: (options.timeout ?? 0) / spawning.speed }),
  };
});

/** `docker-credential-test` as a shell script. */
function helper(script: string) {
  const folder = tempFolder();
  const path = join(folder, 'docker-credential-test');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return {
    folder,
    ask: (name = 'test') =>
      askCredentialHelper(name, 'registry.test', {
        PATH: `${folder}:${process.env['PATH']}`,
        FOLDER: folder,
      }),
  };
}

const LOGIN = '{"ServerURL":"registry.test","Username":"me","Secret":"hunter2"}';
const cannot = (why: string) => `The credential helper docker-credential-test cannot be used: ${why}.`;

describe('a credential helper', () => {
  it('is asked for the server on its standard input, with nothing on its command line', async () => {
    const { folder, ask } = helper(`echo "$@" > "$FOLDER/args"; cat > "$FOLDER/input"; echo '${LOGIN}'`);
    expect(await ask()).toEqual({ username: 'me', password: 'hunter2' });
    expect(readFileSync(join(folder, 'args'), 'utf8')).toBe('get\n');
    expect(readFileSync(join(folder, 'input'), 'utf8')).toBe('registry.test');
  });

  it('may give an identity token', async () => {
    const answer = LOGIN.replace('"me"', '"<token>"');
    expect(await helper(`echo '${answer}'`).ask()).toEqual({ identityToken: 'hunter2' });
  });

  it.each(['credentials not found in native keychain', 'Credentials Not Found'])(
    'may know no login: %s',
    async words => {
      expect(await helper(`echo '${words}'; exit 1`).ask()).toBeUndefined();
    },
  );

  it.each([
    ['fails', 'echo "locked: hunter2"; exit 1', 'it ended with exit code 1'],
    ['fails after a login', `echo '${LOGIN}'; exit 3`, 'it ended with exit code 3'],
    ['finds that nothing is not found', 'echo "not found"', 'its answer is not understood: it is not JSON'],
    ['says nothing', 'exit 0', 'its answer is not understood: it is empty'],
    ['says something else', 'echo \'{"Username":"me"}\'', 'its answer is not understood: Secret: '],
    ['does not read its input', 'exec 0<&-; exit 2', 'it ended with exit code 2'],
  ])('that %s cannot be used, and nothing it said is told', async (_, script, why) => {
    const error = await helper(script)
      .ask()
      .catch(each => each);
    expect(error).toMatchObject({ name: 'RegistryError', code: 'credentials' });
    expect(error.message).toContain(cannot(why).slice(0, -1));
    expect(JSON.stringify([error.message, error.hint, String(error.cause)])).not.toContain('hunter2');
  });

  it('that is missing cannot be used', async () => {
    await expect(askCredentialHelper('test', 'registry.test', { PATH: tempFolder() })).rejects.toMatchObject({
      code: 'credentials',
      message: cannot('it cannot be started'),
      cause: { code: 'ENOENT' },
    });
  });

  it.each(['../test', 'a b', 'a/b', '', 'x;y'])('called %j is never started', async name => {
    const { folder, ask } = helper('touch "$FOLDER/started"');
    await expect(ask(name)).rejects.toThrow('its name is not allowed');
    expect(existsSync(join(folder, 'started'))).toBe(false);
  });

  describe('that goes on for ever', () => {
    afterEach(() => {
      vi.useRealTimers();
      spawning.speed = 1;
    });

    it('is ended when it has said too much', async () => {
      const begun = performance.now();
      await expect(helper('exec yes hunter2').ask()).rejects.toMatchObject({ code: 'credentials' });
      expect(performance.now() - begun).toBeLessThan(5000);
    });

    it('is not said to have been silent', async () => {
      await expect(helper('exec yes').ask()).rejects.not.toThrow('it gave no answer within 15 s');
    });

    /** Lets the fifteen seconds pass that a silent helper gets. @returns why it cannot be used */
    async function outwait(script: string): Promise<string> {
      spawning.speed = 15;
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { folder, ask } = helper(`touch "$FOLDER/started"; ${script}`);
      const answer = ask().then(
        () => 'it answered',
        error => error.message,
      );
      while (!existsSync(join(folder, 'started'))) await wait(5);
      vi.advanceTimersByTime(14_999);
      expect(await Promise.race([answer, wait(100).then(() => 'waits')])).toBe('waits');
      vi.advanceTimersByTime(1);
      return Promise.race([answer, wait(2000).then(() => 'still waits')]);
    }

    it('is ended when it says nothing', async () => {
      expect(await outwait('exec sleep 30')).toBe(cannot('it gave no answer within 15 s'));
    });

    // A helper that is a script leaves its own child behind when it is killed, with the pipe still open.
    it('is not waited for where a child of its own goes on', async () => {
      expect(await outwait('sleep 4; exit 0')).toBe(cannot('it gave no answer within 15 s'));
    });
  });
});
