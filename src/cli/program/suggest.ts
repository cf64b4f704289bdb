import type { Argument, Command, Option } from 'commander';

/** A word that may stand where one is being typed, and what it means. */
export interface Suggestion {
  readonly word: string;
  readonly meaning: string;
}

/** What is being typed: a word of these, the name of a container that is not among those before, or a folder. */
export type Suggestions =
  | { readonly kind: 'words'; readonly words: readonly Suggestion[] }
  | { readonly kind: 'container'; readonly given: readonly string[] }
  | { readonly kind: 'folder' };

/** Where on the command line the last word stands. */
interface Place {
  readonly command: Command;
  /** The option whose value it is. */
  readonly option: Option | undefined;
  /** The arguments of the command before it. */
  readonly given: readonly string[];
  /** Whether options have come to an end, by `--`. */
  readonly isAfterOptions: boolean;
}

/**
 * What may stand in the place of the last word, whatever there is of it.
 * @param words what was typed after the program's name; the last may be empty
 */
export function suggest(program: Command, words: readonly string[]): Suggestions {
  const { command, option, given, isAfterOptions } = placeOfLast(program, words);
  if (option !== undefined) return forPlace(option, given);
  if (!isAfterOptions && words.at(-1)?.startsWith('-')) return wordsOf(optionsOf(program, command));
  if (command === program) return wordsOf(commandsOf(program));
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[given.length] ?? (last?.variadic ? last : undefined);
  return argument === undefined ? wordsOf([]) : forPlace(argument, given);
}

function placeOfLast(program: Command, words: readonly string[]): Place {
  let command = program;
  let option: Option | undefined;
  let isAfterOptions = false;
  const given: string[] = [];
  for (const word of words.slice(0, -1)) {
    if (option !== undefined) option = undefined;
    else if (!isAfterOptions && word.startsWith('-')) {
      isAfterOptions = word === '--';
      option = [...command.options, ...program.options].find(
        each => each.required && (each.long === word || each.short === word),
      );
    } else if (command !== program) given.push(word);
    // What commander calls no command is one of the default command's arguments.
    else command = program.commands.find(each => each.name() === word) ?? command;
  }
  return { command, option, given, isAfterOptions };
}

/** By the name that the place has in the help. */
function forPlace(place: Argument | Option, given: readonly string[]): Suggestions {
  if (place.argChoices !== undefined) return wordsOf(place.argChoices.map(word => ({ word, meaning: '' })));
  const name = 'flags' in place ? /<(.+)>/.exec(place.flags)?.[1] : place.name();
  if (name === 'folder') return { kind: 'folder' };
  const isContainer = !('flags' in place) && (name === 'name' || name === 'names');
  return isContainer ? { kind: 'container', given } : wordsOf([]);
}

function optionsOf(program: Command, command: Command): readonly Suggestion[] {
  const help = program.createHelp();
  const own = command === program ? [] : help.visibleOptions(command);
  const all = [...own, ...help.visibleOptions(program)];
  const byName = new Map(all.map(({ long, short, description }) => [long ?? short ?? '', description]));
  return [...byName].map(([word, meaning]) => ({ word, meaning }));
}

function commandsOf(program: Command): readonly Suggestion[] {
  const all = program.createHelp().visibleCommands(program);
  return all.map(command => ({ word: command.name(), meaning: command.description() }));
}

function wordsOf(words: readonly Suggestion[]): Suggestions {
  return { kind: 'words', words };
}
