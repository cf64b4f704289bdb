import { Argument, type Command } from 'commander';
import type { GlobalOptions } from '../session.ts';
import { type Act, examples } from './act.ts';

/** The shells that can be taught to complete this program's words. */
const SHELLS = ['bash', 'zsh', 'fish'];

/** What one begins with: a home, and a shell that knows the words. */
export function addStartingCommands(program: Command, act: Act): void {
  program
    .command('init')
    .argument('[folder]', 'the folder; left out, that of --home, else the current one')
    .description('begin a home: write what is missing of its files, and overwrite none')
    .addHelpText('after', examples('refreshd init', 'refreshd init /srv/mcp'))
    .action(
      act(async (folder: string | undefined, options: GlobalOptions) =>
        (await import('../commands/init.ts')).init(folder, options),
      ),
    );

  program
    .command('complete')
    .addArgument(new Argument('<shell>', 'which one').choices(SHELLS))
    .description('print the script that makes a shell complete commands, options and names of containers')
    .addHelpText(
      'after',
      examples(
        'source <(refreshd complete bash)',
        'refreshd complete bash > ~/.local/share/bash-completion/completions/refreshd',
        'refreshd complete zsh > ~/.zfunc/_refreshd',
        'refreshd complete fish > ~/.config/fish/completions/refreshd.fish',
      ),
    )
    .action(act(async (shell: string) => (await import('./complete.ts')).printScript(shell)));
}
