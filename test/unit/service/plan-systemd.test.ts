import { describe, expect, it } from 'vitest';
import { renderChange } from '../../../src/service/change.ts';
import { planSystemdInstall, planSystemdRemoval } from '../../../src/service/plan-systemd.ts';

const INSTALL = { unitFile: '/u/refreshd.service', unit: '[Unit]\n', home: '/srv/my mcp', isUpgrade: false };
const REMOVAL = {
  unitFile: '/u/refreshd.service',
  home: '/srv/mcp',
  dropIns: undefined,
  givesBack: false,
  purge: false,
};
/** Without the causes. */
const lines = (changes: readonly Parameters<typeof renderChange>[0][]) =>
  changes.map(change => renderChange(change).replace(/ {2}# .+$/, ''));

describe('installing a service of the machine', () => {
  it('makes its user, then its folders, then starts it', () => {
    const account = { name: 'refreshd', madeWithHome: '/var/lib/refreshd', joins: 'docker' };
    expect(lines(planSystemdInstall({ ...INSTALL, scope: 'system', account }))).toEqual([
      "useradd --system --user-group --no-create-home --home-dir /var/lib/refreshd --shell /usr/sbin/nologin --comment 'refreshd service' refreshd",
      'usermod --append --groups docker refreshd',
      "mkdir -p -m 0755 '/srv/my mcp/state' '/srv/my mcp/logs'",
      "chown --recursive --no-dereference refreshd: '/srv/my mcp/state' '/srv/my mcp/logs'",
      'write /u/refreshd.service',
      'systemctl daemon-reload',
      'systemctl enable refreshd.service',
      'systemctl start refreshd.service',
    ]);
  });

  it('stops the one that is there before anything changes hands', () => {
    const changes = planSystemdInstall({
      ...INSTALL,
      scope: 'system',
      isUpgrade: true,
      account: { name: 'root' },
    });
    expect(lines(changes).slice(0, 3)).toEqual([
      'systemctl stop refreshd.service',
      "mkdir -p -m 0755 '/srv/my mcp/state' '/srv/my mcp/logs'",
      "chown --recursive --no-dereference root: '/srv/my mcp/state' '/srv/my mcp/logs'",
    ]);
  });
});

it("a user's service is installed by that user alone, with lingering where that is wanted", () => {
  expect(lines(planSystemdInstall({ ...INSTALL, scope: 'user', linger: 'jo' }))).toEqual([
    'loginctl enable-linger jo',
    'write /u/refreshd.service',
    'systemctl --user daemon-reload',
    'systemctl --user enable refreshd.service',
    'systemctl --user start refreshd.service',
  ]);
  expect(lines(planSystemdInstall({ ...INSTALL, scope: 'user' }))[0]).toBe('write /u/refreshd.service');
});

describe('removing', () => {
  const account = { name: 'refreshd', home: '/var/lib/refreshd', isHomeEmpty: true };

  it('takes back all that was made, and says what stays', () => {
    const { changes, left } = planSystemdRemoval({
      ...REMOVAL,
      scope: 'system',
      account,
      givesBack: true,
      dropIns: '/u/refreshd.service.d',
    });
    expect(lines(changes)).toEqual([
      'systemctl disable --now refreshd.service',
      'rm -r /u/refreshd.service',
      'systemctl daemon-reload',
      'systemctl reset-failed refreshd.service',
      'chown --recursive --no-dereference --reference=/srv/mcp /srv/mcp/state /srv/mcp/logs',
      'rm -r /var/lib/refreshd',
      'userdel refreshd',
    ]);
    expect(left).toEqual(['/srv/mcp/state', '/srv/mcp/logs', '/u/refreshd.service.d']);
  });

  it('keeps what its user had, say registry logins, unless everything is to go', () => {
    const facts = { ...REMOVAL, scope: 'system', account: { ...account, isHomeEmpty: false } } as const;
    const kept = planSystemdRemoval(facts);
    expect(lines(kept.changes).slice(-2)).toEqual([
      'chown --recursive --no-dereference root: /var/lib/refreshd',
      'userdel refreshd',
    ]);
    expect(kept.left).toContain('/var/lib/refreshd');

    const purged = planSystemdRemoval({ ...facts, purge: true });
    expect(lines(purged.changes).filter(line => line.startsWith('rm'))).toEqual([
      'rm -r /u/refreshd.service',
      'rm -r /srv/mcp/state',
      'rm -r /srv/mcp/logs',
      'rm -r /var/lib/refreshd',
    ]);
    expect(purged.left).toEqual([]);
  });

  it('of what was never ours leaves everything: the user, and lingering', () => {
    const { changes } = planSystemdRemoval({ ...REMOVAL, scope: 'user' });
    expect(lines(changes)).toEqual([
      'systemctl --user disable --now refreshd.service',
      'rm -r /u/refreshd.service',
      'systemctl --user daemon-reload',
      'systemctl --user reset-failed refreshd.service',
    ]);
    const ours = planSystemdRemoval({ ...REMOVAL, scope: 'user', linger: 'jo' });
    expect(lines(ours.changes).at(-1)).toBe('loginctl disable-linger jo');
  });
});
