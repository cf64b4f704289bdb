/** The part of a configuration that people put secrets into. */
interface Configuration {
  readonly Env?: unknown;
  readonly Cmd?: unknown;
  readonly Entrypoint?: unknown;
}

/** The values in a container's environment, and those in its command that are written as `name=value`. */
export function secretValues({ Env, Cmd, Entrypoint }: Configuration): readonly string[] {
  return [Env, Cmd, Entrypoint].flatMap(textsOf).flatMap(entry => {
    const equals = entry.indexOf('=');
    return equals < 0 ? [] : [entry.slice(equals + 1)];
  });
}

/** The engine takes a command as one text, too. */
function textsOf(list: unknown): readonly string[] {
  return (Array.isArray(list) ? list : [list]).filter(each => typeof each === 'string');
}
