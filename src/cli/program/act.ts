/** An action's exit code; the modules behind it are loaded only when it is chosen. */
export type Action = (...args: never[]) => Promise<number>;

/** Makes what commander calls of an action: it is given the arguments and all options, and its exit code is kept. */
export type Act = (action: Action) => (...given: unknown[]) => Promise<void>;

/** The examples of a command's help. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map(line => `  $ ${line}`).join('\n')}`;
}
