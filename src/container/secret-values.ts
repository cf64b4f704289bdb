/** The part of a configuration that people put secrets into. */
interface Configuration {
  readonly Env?: unknown;
  readonly Cmd?: unknown;
  readonly Entrypoint?: unknown;
  readonly Healthcheck?: { readonly Test?: unknown } | null | undefined;
  readonly Labels?: Readonly<Record<string, string>> | null | undefined;
}

/** Names that say that a secret follows: `--password`, `requirepass`, `API_TOKEN`, `basicauth.users`. */
const TELLING = /pass|secret|token|credential|auth|(^|[._-])key|apikey/i;

/**
 * The values that must not be shown: all of a container's environment; of its commands what is written as
 * `name=value`, or follows a name that says so; labels of such a name, and in others the query of an address or path.
 * Of addresses the password, too.
 */
export function secretValues(configuration: Configuration): readonly string[] {
  const { Env, Cmd, Entrypoint, Healthcheck, Labels } = configuration;
  const values = [
    ...textsOf(Env).flatMap(afterEquals),
    ...[Cmd, Entrypoint, Healthcheck?.Test].flatMap(command => valuesInCommand(textsOf(command))),
    ...Object.entries(Labels ?? {}).flatMap(([key, value]) => (TELLING.test(key) ? [value] : inQuery(value))),
  ];
  return [...new Set(values.flatMap(withItsParts))];
}

/** The engine takes a command as one text, too. */
function textsOf(list: unknown): readonly string[] {
  return (Array.isArray(list) ? list : [list]).filter(each => typeof each === 'string');
}

function afterEquals(entry: string): readonly string[] {
  const equals = entry.indexOf('=');
  return equals < 0 ? [] : [entry.slice(equals + 1)];
}

/** An argument may be a whole script for a shell, so its words are looked at as well. */
function valuesInCommand(entries: readonly string[]): readonly string[] {
  const words = entries.flatMap(wordsOf);
  const following = [entries, words].flatMap(list =>
    list.flatMap((word, index) => {
      const before = list[index - 1] ?? '';
      return TELLING.test(before) && !before.includes('=') && !word.startsWith('-') ? [word] : [];
    }),
  );
  return [
    ...entries.flatMap(afterEquals),
    ...words.flatMap(afterEquals),
    ...following,
    ...words.flatMap(passwordIn),
  ];
}

/** `/health?key=value`: what has to be known to be let in. */
function inQuery(text: string): readonly string[] {
  return [...text.matchAll(/[?&][\w.-]+=([^&#\s]+)/g)].map(([, value = '']) => value);
}

function wordsOf(entry: string): readonly string[] {
  return entry
    .replace(/["']/g, '')
    .split(/[\s;&|]+/)
    .filter(word => word !== '');
}

/**
 * A text of several lines is quoted line by line; and of an address, of what is written as `Server=db;Pwd=…`, or of
 * JSON, the password alone.
 */
function withItsParts(value: string): readonly string[] {
  const named = [...value.matchAll(NAMED)].flatMap(([, name = '', part = '']) =>
    TELLING.test(name) || TELLING_INSIDE.test(name) ? [part] : [],
  );
  return [value, ...(value.includes('\n') ? value.split('\n') : []), ...passwordIn(value), ...named];
}

/** A part of a value that has a name of its own, and more names that say what it is. */
const NAMED = /([\w.-]{1,64})["']?\s{0,4}[=:]\s{0,4}["']?([^;&,\s"']+)/g;
const TELLING_INSIDE = /pwd|key$/i;

/** Of an address such as `postgres://user:password@host/`, as it is written and as it is meant. */
export function passwordIn(address: string): readonly string[] {
  const [, password] = /^[\w+.-]+:\/\/[^\s/@]*?:([^\s@]+)@/.exec(address) ?? [];
  return password === undefined ? [] : [...new Set([password, decoded(password)])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
