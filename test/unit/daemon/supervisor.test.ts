import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openSupervisor } from '../../../src/daemon/supervisor.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A stand-in for systemd's command, which writes down what it is given; the real one is tried on a real systemd. */
function standIn(body = '') {
  const folder = tempFolder();
  const program = join(folder, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\n${body}\nprintf '%s|' "$NOTIFY_SOCKET" "$@" >> ${folder}/heard\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(folder, 'heard'), '');
  const heard = () => readFileSync(join(folder, 'heard'), 'utf8');
  return { PATH: `${folder}:/usr/bin:/bin`, heard };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

it('tells systemd what it defines, in the order in which it was said', async () => {
  // The first one is slow, and must not be overtaken.
  const { PATH, heard } = standIn('case "$1" in READY*) sleep 0.3 ;; esac');
  const supervisor = openSupervisor({ NOTIFY_SOCKET: '/run/n', PATH });
  supervisor.ready('Starting.');
  supervisor.alive();
  supervisor.status('Next run 2026-11-29 03:00:00 +01:00; "soon" 100%.');
  supervisor.stopping();
  supervisor.alive();
  await until(() => heard().split('/run/n|').length === 6);
  expect(heard().split('/run/n|').slice(1)).toEqual([
    'READY=1|STATUS=Starting.|',
    'WATCHDOG=1|',
    'STATUS=Next run 2026-11-29 03:00:00 +01:00; "soon" 100%.|',
    'STOPPING=1|EXTEND_TIMEOUT_USEC=120000000|',
    // Leaving takes longer than expected: more time is asked for with each sign of life.
    'WATCHDOG=1|EXTEND_TIMEOUT_USEC=120000000|',
  ]);
});

it('goes on where the command is missing or fails', async () => {
  const supervisor = openSupervisor({ NOTIFY_SOCKET: '/run/n', PATH: tempFolder() });
  supervisor.ready('Starting.');
  const failing = standIn('[ "$1" = READY=1 ] && exit 1');
  const other = openSupervisor({ NOTIFY_SOCKET: '/run/n', PATH: failing.PATH });
  other.ready('Starting.');
  other.alive();
  await until(() => failing.heard() === '/run/n|WATCHDOG=1|');
});

it.each([undefined, ''])('says nothing where nobody listens (%j)', async socket => {
  const { PATH, heard } = standIn();
  const supervisor = openSupervisor({ NOTIFY_SOCKET: socket, PATH });
  supervisor.ready('Starting.');
  supervisor.alive();
  supervisor.stopping();
  supervisor.status('waiting');
  await sleep(200);
  expect(heard()).toBe('');
});
