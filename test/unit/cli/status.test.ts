import { expect, it } from 'vitest';
import { nextRunLines } from '../../../src/cli/commands/status.ts';
import { readSettings } from '../../../src/cli/settings.ts';
import type { RememberedDue } from '../../../src/daemon/due.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const NOW = Date.parse('2026-10-24T12:00Z');
const WAITED_FOR = { expression: '30 2 * * *', zone: 'Europe/Berlin' };

async function lines(remembered: RememberedDue): Promise<readonly string[]> {
  const environment = { REFRESHD_SCHEDULE: '30 2 * * *', REFRESHD_TIMEZONE: 'Europe/Berlin' };
  return nextRunLines(await readSettings(tempFolder(), environment), remembered, NOW);
}

it('shows the next five runs in local time, over a clock change', async () => {
  const due = Date.parse('2026-10-25T00:30Z');
  expect(await lines({ ...WAITED_FOR, due, runAt: due + 60_000 })).toEqual([
    'Next runs: Sun 2026-10-25 02:31 (in 13 h)',
    '           Mon 2026-10-26 02:30 (in 38 h)',
    '           Tue 2026-10-27 02:30 (in 3 d)',
    '           Wed 2026-10-28 02:30 (in 4 d)',
    '           Thu 2026-10-29 02:30 (in 5 d)',
  ]);
});

it.each<[string, RememberedDue]>([
  ['The daemon has not been started in this home yet.', undefined],
  [
    'The daemon has not read the changed schedule yet: restart it, or send it SIGHUP.',
    { ...WAITED_FOR, zone: 'UTC', due: NOW, runAt: NOW },
  ],
  ['The first is at work right now, or the daemon does not run.', { ...WAITED_FOR, due: 0, runAt: NOW - 1 }],
])('says where nobody waits for them: %s', async (notice, remembered) => {
  const said = await lines(remembered);
  expect(said).toHaveLength(6);
  expect(said.at(-1)).toBe(notice);
});
