import type { Change, RunCommand } from './change.ts';

export const UNIT = 'refreshd.service';

/** Whose systemd it is: the machine's, or the one of the user who asks. */
export type SystemdScope = 'system' | 'user';

/** What installing has to know. */
export interface SystemdInstall {
  readonly scope: SystemdScope;
  readonly unitFile: string;
  readonly unit: string;
  readonly home: string;
  /** Whether a service of ours is there, whatever its version. */
  readonly isUpgrade: boolean;
  /** Of a service of the machine: the user that it runs as. */
  readonly account?: {
    readonly name: string;
    /** Whether it is to be made, and where its home is then. */
    readonly madeWithHome?: string | undefined;
    /** The group that it is to be put into. */
    readonly joins?: string | undefined;
  };
  /** The user whose lingering is to be turned on. */
  readonly linger?: string | undefined;
}

/** What installs a service, or puts the one that is there onto the newest state. */
export function planSystemdInstall(facts: SystemdInstall): readonly Change[] {
  const { scope, unitFile, unit, isUpgrade, account, linger } = facts;
  const systemctl = systemctlOf(scope);
  const stop: Change = {
    ...systemctl('stop', UNIT),
    cause: 'a run that is at work finishes its container first',
  };
  return [
    ...(linger === undefined ? [] : [startLingering(linger)]),
    ...(isUpgrade ? [stop] : []),
    ...(account === undefined ? [] : prepareAccount(account, facts.home)),
    { kind: 'write', path: unitFile, text: unit, cause: isUpgrade ? 'the service, anew' : 'the service' },
    { ...systemctl('daemon-reload'), cause: 'systemd reads it' },
    {
      ...systemctl('enable', UNIT),
      cause: scope === 'system' ? 'it starts at boot' : 'it starts with the user',
    },
    {
      ...systemctl('start', UNIT),
      cause: 'it starts now',
      explain: ['journalctl', `${scope === 'user' ? '--user-unit' : '--unit'}=${UNIT}`, ...LAST_WORDS],
    },
  ];
}

/** The last that it said itself; what systemd says of it is under another identifier. */
const LAST_WORDS = ['--identifier=refreshd', '--lines=1', '--output=cat', '--no-pager'];

function startLingering(user: string): Change {
  return {
    kind: 'run',
    command: ['loginctl', 'enable-linger', user],
    cause: 'it runs from boot on, and goes on when you log out; without this it runs while you are logged in',
    ifItFails: `Lingering could not be turned on, so the service runs only while you are logged in. Turn it on with: sudo loginctl enable-linger ${user}`,
  };
}

function prepareAccount(account: NonNullable<SystemdInstall['account']>, home: string): readonly Change[] {
  const { name, madeWithHome, joins } = account;
  const folders = [`${home}/state`, `${home}/logs`];
  const changes: Change[] = [];
  if (madeWithHome !== undefined)
    changes.push({
      kind: 'run',
      command: [
        ...['useradd', '--system', '--user-group', '--no-create-home', '--home-dir', madeWithHome],
        ...['--shell', '/usr/sbin/nologin', '--comment', 'refreshd service', name],
      ],
      cause: 'a user of its own, which nobody can log in as',
    });
  if (joins !== undefined)
    changes.push({
      kind: 'run',
      command: ['usermod', '--append', '--groups', joins, name],
      cause: 'its members may use the Docker engine',
    });
  changes.push(
    { kind: 'run', command: ['mkdir', '-p', '-m', '0755', ...folders], cause: 'for what it writes' },
    {
      kind: 'run',
      command: ['chown', '--recursive', '--no-dereference', `${name}:`, ...folders],
      cause: 'it alone may write there',
    },
  );
  return changes;
}

/** What removing has to know. */
export interface SystemdRemoval {
  readonly scope: SystemdScope;
  readonly unitFile: string;
  readonly home: string;
  /** What the user added to the unit, if that is there. */
  readonly dropIns: string | undefined;
  /** The account that we made, and its home if there is something in it. */
  readonly account?: {
    readonly name: string;
    readonly home: string;
    readonly isHomeEmpty: boolean;
  };
  /** Whether the home's folders belong to another than the home. */
  readonly givesBack: boolean;
  /** The user whose lingering we turned on. */
  readonly linger?: string | undefined;
  /** Whether what it wrote goes too. */
  readonly purge: boolean;
}

/** What removes a service, and what stays. */
export function planSystemdRemoval(facts: SystemdRemoval): {
  readonly changes: readonly Change[];
  readonly left: readonly string[];
} {
  const { scope, unitFile, home, dropIns, account, givesBack, linger, purge } = facts;
  const systemctl = systemctlOf(scope);
  const folders = [`${home}/state`, `${home}/logs`];
  const accountHome = account === undefined || account.isHomeEmpty ? [] : [account.home];
  const optional = [...folders, ...(dropIns === undefined ? [] : [dropIns]), ...accountHome];
  const changes: Change[] = [
    {
      ...systemctl('disable', '--now', UNIT),
      cause: 'a run that is at work finishes its container first',
    },
    { kind: 'remove', path: unitFile, cause: 'the service' },
    ...(purge ? optional.map(path => ({ kind: 'remove', path, cause: 'as --purge says' }) as const) : []),
    { ...systemctl('daemon-reload'), cause: 'systemd forgets it' },
    { ...systemctl('reset-failed', UNIT), cause: 'and that it ever failed', ifItFails: '' },
  ];
  if (givesBack && !purge)
    changes.push({
      kind: 'run',
      command: ['chown', '--recursive', '--no-dereference', `--reference=${home}`, ...folders],
      cause: 'what it wrote belongs to the owner of the home again',
      ifItFails: `What the service wrote in ${home} could not be handed over to the owner of that folder.`,
    });
  if (account !== undefined) changes.push(...removeAccount(account, purge));
  if (linger !== undefined)
    changes.push({
      kind: 'run',
      command: ['loginctl', 'disable-linger', linger],
      cause: 'it was turned on for the service',
      ifItFails: `Lingering could not be turned off. Turn it off with: sudo loginctl disable-linger ${linger}`,
    });
  return { changes, left: purge ? [] : optional };
}

function removeAccount(account: NonNullable<SystemdRemoval['account']>, purge: boolean): readonly Change[] {
  const remove: Change = {
    kind: 'run',
    command: ['userdel', account.name],
    cause: 'it was made for the service',
  };
  if (account.isHomeEmpty)
    return [{ kind: 'remove', path: account.home, cause: 'its home, which is empty' }, remove];
  if (purge) return [remove];
  const giveAway: Change = {
    kind: 'run',
    command: ['chown', '--recursive', '--no-dereference', 'root:', account.home],
    cause: 'what it had belongs to root from now on',
  };
  return [giveAway, remove];
}

function systemctlOf(
  scope: SystemdScope,
): (...args: readonly string[]) => Pick<RunCommand, 'kind' | 'command'> {
  return (...args) => ({
    kind: 'run',
    command: ['systemctl', ...(scope === 'user' ? ['--user'] : []), ...args],
  });
}
