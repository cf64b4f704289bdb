/** What only we could have made, and so remove again. */
export type Ours = 'account' | 'lingering';

/** What an installed service says of itself, for the next install and for uninstall. */
export interface Note {
  readonly version: string;
  readonly home: string;
  readonly ours: readonly Ours[];
}

const OURS: readonly Ours[] = ['account', 'lingering'];

/** Reads the note of a unit that we wrote. @returns undefined if we did not */
export function noteOfUnit(text: string): Note | undefined {
  const [, section] = text.split(/^\[X-Refreshd\]$/m);
  if (section === undefined) return undefined;
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(section)?.[1] ?? '';
  return readNote(value('Version'), parseHome(value('Home')), value('Ours'));
}

/** @returns undefined where it is not whole */
export function readNote(version: string, home: unknown, ours: string): Note | undefined {
  if (version === '' || typeof home !== 'string' || !home.startsWith('/')) return undefined;
  const words = ours.split(' ');
  return { version, home, ours: OURS.filter(each => words.includes(each)) };
}

function parseHome(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
