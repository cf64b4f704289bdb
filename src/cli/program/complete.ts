import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { containerNames } from '../container-names.ts';
import { EXIT } from '../exit-codes.ts';
import { PACKAGE_FOLDER } from '../package-folder.ts';
import { suggest } from './suggest.ts';

/** `refreshd complete bash`: prints the script by which a shell asks. @returns the exit code */
export async function printScript(shell: string): Promise<number> {
  process.stdout.write(await readFile(join(PACKAGE_FOLDER, 'completions', `refreshd.${shell}`), 'utf8'));
  return EXIT.fine;
}

/**
 * `refreshd complete -- WORDS…`, which those scripts ask at each tab: prints what the last word may become, a line
 * each, with a tab before what it means; where a folder is wanted, which shells know best, a lone `/`.
 * @returns the exit code
 */
export async function answerShell(program: Command, words: readonly string[]): Promise<number> {
  for (const line of await linesFor(program, words)) process.stdout.write(`${line}\n`);
  return EXIT.fine;
}

async function linesFor(program: Command, words: readonly string[]): Promise<readonly string[]> {
  const suggestions = suggest(program, words);
  const begins = (word: string) => word.startsWith(words.at(-1) ?? '');
  switch (suggestions.kind) {
    case 'folder':
      return ['/'];
    case 'container':
      return (await containerNames(process.env)).filter(
        name => begins(name) && !suggestions.given.includes(name),
      );
    case 'words':
      return suggestions.words
        .filter(({ word }) => begins(word))
        .map(({ word, meaning }) => (meaning === '' ? word : `${word}\t${meaning}`));
    default:
      return suggestions satisfies never;
  }
}
