import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inShell } from '../../service/shell-text.ts';
import { EXIT } from '../exit-codes.ts';
import { makeHome, type NewHome } from '../new-home.ts';
import type { Output } from '../output.ts';
import { type GlobalOptions, openCommandOutput } from '../session.ts';

/** `refreshd init [FOLDER]`. @param folder left out: `--home`, else the current one @returns the exit code */
export async function init(folder: string | undefined, options: GlobalOptions): Promise<number> {
  const output = openCommandOutput(options);
  const current = process.cwd();
  const made = await makeHome(folder ?? options.home ?? process.env['REFRESHD_HOME'] ?? current);
  output.value({ schema: 'refreshd.init/1', home: made.path, written: made.written, left: made.left });
  for (const file of made.written) output.line(`${output.style('green', 'written')}  ${file}`);
  for (const file of made.left) output.line(`${output.style('dim', 'left')}     ${file} (it was there)`);
  tellNext(made, current, output);
  return EXIT.fine;
}

/** What to do now, in the order in which it is done; what is done already is left out. */
function tellNext({ path, left }: NewHome, current: string, output: Output): void {
  const gitignore = left.some(file => basename(file) === '.gitignore');
  const wantsEnv = existsSync(join(path, '.env.example')) && !existsSync(join(path, '.env'));
  if (gitignore) output.line('If you use git, .env, logs/ and state/ belong into that .gitignore.');
  const steps: readonly (readonly [string, string] | undefined)[] = [
    path === current ? undefined : [`cd ${inShell(path)}`, ''],
    wantsEnv ? ['cp .env.example .env && chmod 600 .env', 'then fill in what is required'] : undefined,
    ['refreshd doctor', 'is anything amiss?'],
    ['refreshd up', 'start the stack'],
    ['refreshd check', 'what would be updated?'],
    ['refreshd install', 'stay, and update every Sunday at 03:00'],
  ];
  output.line('');
  output.line('Next:');
  for (const step of steps) {
    if (step === undefined) continue;
    const [command, why] = step;
    output.line(why === '' ? `  ${command}` : `  ${command.padEnd(40)}  # ${why}`);
  }
}
