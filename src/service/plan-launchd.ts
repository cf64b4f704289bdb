import type { Change } from './change.ts';
import { LABEL } from './launchd-job.ts';

/** What installing a job has to know. */
export interface LaunchdInstall {
  /** Where it lives: `system`, or `gui/501` for a user who is logged in. */
  readonly domain: string;
  readonly jobFile: string;
  readonly job: string;
  readonly home: string;
  /** Whether a job of ours is there. */
  readonly isUpgrade: boolean;
  /** Who a job of the machine runs as, if not root. */
  readonly user: string | undefined;
}

/** A run that was asked to leave gets so long (ExitTimeOut), in seconds. */
const PATIENCE = 900;

/** What installs a job, or puts the one that is there onto the newest state. */
export function planLaunchdInstall(facts: LaunchdInstall): readonly Change[] {
  const { domain, jobFile, job, home, isUpgrade, user } = facts;
  const folders = [`${home}/state`, `${home}/logs`];
  const handOver: Change[] =
    user === undefined
      ? []
      : [
          {
            kind: 'run',
            command: ['chown', '-R', '-h', user, ...folders],
            cause: 'that user alone may write there',
          },
        ];
  return [
    ...(isUpgrade ? stopJob(domain) : []),
    { kind: 'run', command: ['mkdir', '-p', '-m', '0755', ...folders], cause: 'for what it writes' },
    ...handOver,
    { kind: 'write', path: jobFile, text: job, cause: isUpgrade ? 'the service, anew' : 'the service' },
    { ...launchctl('enable', `${domain}/${LABEL}`), cause: 'it may start' },
    { ...launchctl('bootstrap', domain, jobFile), cause: 'launchd reads it, and starts it', attempts: 5 },
    { ...launchctl('kickstart', `${domain}/${LABEL}`), cause: 'it starts now, whatever launchd thinks' },
  ];
}

/** What removing a job has to know. */
export interface LaunchdRemoval {
  readonly domain: string;
  readonly jobFile: string;
  readonly home: string;
  /** Whether what it wrote goes too. */
  readonly purge: boolean;
}

/** What removes a job, and what stays. */
export function planLaunchdRemoval({ domain, jobFile, home, purge }: LaunchdRemoval): {
  readonly changes: readonly Change[];
  readonly left: readonly string[];
} {
  const folders = [`${home}/state`, `${home}/logs`];
  const remove = (path: string, cause: string): Change => ({ kind: 'remove', path, cause });
  return {
    changes: [
      ...stopJob(domain),
      remove(jobFile, 'the service'),
      ...(purge ? folders.map(folder => remove(folder, 'as --purge says')) : []),
    ],
    left: purge ? [] : folders,
  };
}

/** `bootout` does not wait until the job has ended. */
function stopJob(domain: string): readonly Change[] {
  return [
    {
      ...launchctl('bootout', `${domain}/${LABEL}`),
      cause: 'a run that is at work finishes its container first',
      // It may not be loaded.
      ifItFails: '',
    },
    {
      ...launchctl('print', `${domain}/${LABEL}`),
      cause: 'until it has ended',
      untilItFails: true,
      attempts: PATIENCE,
    },
  ];
}

function launchctl(...args: readonly string[]): {
  readonly kind: 'run';
  readonly command: readonly string[];
} {
  return { kind: 'run', command: ['launchctl', ...args] };
}
