import type { Command } from 'commander';
import type { InstallOptions } from '../commands/install.ts';
import type { RunOptions } from '../commands/run.ts';
import type { UninstallOptions } from '../commands/uninstall.ts';
import { type Act, examples } from './act.ts';

/** The daemon, how it becomes a service, and what to look at when something is amiss. */
export function addServiceCommands(program: Command, act: Act, file: string): void {
  program
    .command('daemon', { isDefault: true })
    .description('wait for the schedule and run when it is due (what systemd and launchd start)')
    .addHelpText('after', examples('refreshd', 'refreshd daemon --home /srv/mcp'))
    .action(
      act(async (options: RunOptions) => (await import('../commands/daemon.ts')).daemon(file, options)),
    );

  program
    .command('install')
    .description('install the daemon as a service that starts at boot, or upgrade it (systemd, launchd)')
    .option('--user <name>', 'as root: the user that the service runs as, instead of one of its own')
    .option('--no-linger', 'as another user: leave lingering as it is (systemd)')
    .option('--dry-run', 'show what would be written and done, and change nothing')
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples(
        'refreshd install --dry-run',
        'refreshd install --home /srv/mcp',
        'sudo refreshd install --home /srv/mcp --yes',
      ),
    )
    .action(
      act(async (options: InstallOptions) => (await import('../commands/install.ts')).install(file, options)),
    );

  program
    .command('uninstall')
    .description('remove the service; logs and state stay')
    .option('--purge', 'remove logs and state too')
    .option('--dry-run', 'show what would be done, and change nothing')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples('refreshd uninstall', 'sudo refreshd uninstall --purge --yes'))
    .action(
      act(async (options: UninstallOptions) => (await import('../commands/uninstall.ts')).uninstall(options)),
    );

  program
    .command('doctor')
    .description('check what a new user gets wrong, each with its remedy; changes nothing')
    .addHelpText('after', examples('refreshd doctor', 'refreshd doctor --json'))
    .action(act(async (options: RunOptions) => (await import('../commands/doctor.ts')).doctor(options)));

  program
    .command('tick', { hidden: true })
    .argument('<reason>')
    .action(
      act(async (reason: never, options: RunOptions) =>
        (await import('../commands/tick.ts')).tick(reason, options),
      ),
    );
}
