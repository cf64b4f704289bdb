import fc from 'fast-check';

/*
 * The settings that a container inherits from its image, as images and as users make them. Each is written in
 * letters, and what an image says is told from what a user says by the letters they use.
 */

export type Fields = Readonly<Record<string, unknown>>;
export type Letters = readonly ('a' | 'b' | 'x' | 'y')[];

/** Every value is one that a container can be started with. */
const VALUES = {
  User: { a: 'service', b: '1000:1000', x: 'root', y: '0' },
  WorkingDir: { a: '/tmp', b: '/srv/b', x: '/', y: '/srv/y' },
  StopSignal: { a: 'SIGINT', b: '10', x: 'SIGTERM', y: 'SIGQUIT' },
  Shell: { a: ['/bin/sh', '-c'], b: ['/bin/sh', '-ec'], x: ['/bin/sh', '-xc'], y: ['/bin/sh'] },
  Entrypoint: { a: ['/bin/env'], b: ['/bin/env', 'B=1'], x: ['/bin/env', 'X=1'], y: ['/bin/env', 'Y='] },
  Cmd: {
    a: ['/bin/sleep', '1001'],
    b: ['/bin/sh', '-c', '/bin/sleep 1002'],
    x: ['/bin/sleep', '1003'],
    y: ['/bin/sleep', '1004'],
  },
  ExposedPorts: { a: '81/tcp', b: '82/udp', x: '91/tcp', y: '92/tcp' },
  Volumes: { a: '/va', b: '/vb/', x: '/vx', y: '/vy' },
} as const;

export const oneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
/** Some of these fields, each there or not. */
export const some = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Fields> =>
  fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Fields>;

const value = (field: keyof typeof VALUES, letters: Letters) =>
  oneOf(...letters).map(letter => VALUES[field][letter]);
const keys = (field: 'ExposedPorts' | 'Volumes', letters: Letters) =>
  fc.uniqueArray(value(field, letters)).map(all => Object.fromEntries(all.map(key => [String(key), {}])));

const LABEL_KEYS = ['k', 'l', 'm=n', 'constructor', '__proto__', 'two\nlines'];
const COMPOSE_KEY = 'com.docker.compose.service';
const labels = (letters: Letters, keys: readonly string[]) =>
  fc
    .array(fc.tuple(oneOf(...keys), oneOf(...letters)), { maxLength: 4 })
    .map(pairs => Object.fromEntries(pairs));

const variable = (letters: Letters) =>
  fc.tuple(oneOf('PATH', 'A', 'B', 'a'), oneOf(...letters)).map(([key, text]) => `${key}=/bin:/${text}`);
const keyOf = (entry: string) => entry.split('=')[0];

const health = (letters: Letters, tests: fc.Arbitrary<unknown>) => {
  const time = oneOf(...letters).map(letter => letter.charCodeAt(0) * 1_000_000_000);
  const retries = oneOf(...letters).map(letter => letter.charCodeAt(0));
  return some({
    Test: tests,
    Interval: time,
    Timeout: time,
    StartPeriod: time,
    StartInterval: time,
    Retries: retries,
  });
};
const test = (letters: Letters) =>
  fc
    .tuple(oneOf(['CMD', '/bin/true'], ['CMD-SHELL', '/bin/true #']), oneOf(...letters))
    .map(([words, letter]) => [...words, letter]);
const OFF = fc.constant(['NONE']);

const plain = (letters: Letters) => ({
  User: value('User', letters),
  WorkingDir: value('WorkingDir', letters),
  StopSignal: value('StopSignal', letters),
  Shell: value('Shell', letters),
  ExposedPorts: keys('ExposedPorts', letters),
  Volumes: keys('Volumes', letters),
});

/**
 * What an image of those letters says; it can always be run.
 * @param isFirst leaves out what the first image must not say: it could not be told from the user's
 */
export function imageConfig(letters: Letters, isFirst = false): fc.Arbitrary<Fields> {
  const tests = isFirst ? test(letters) : fc.oneof(test(letters), OFF);
  return fc
    .tuple(
      some({
        ...plain(letters),
        Labels: labels(letters, isFirst ? LABEL_KEYS : [...LABEL_KEYS, COMPOSE_KEY]),
        Env: fc.uniqueArray(variable(letters), { maxLength: 3, selector: keyOf }),
        Entrypoint: value('Entrypoint', letters),
        Healthcheck: health(letters, tests),
      }),
      value('Cmd', letters),
    )
    .map(([config, Cmd]) => ({ ...config, Cmd }));
}

/** What a user says of the same settings. */
export function userConfig(letters: Letters): fc.Arbitrary<Fields> {
  return some({
    ...plain(letters),
    Labels: labels(letters, [...LABEL_KEYS, COMPOSE_KEY]),
    // A user may say a variable twice, or name it without a value to unset it.
    Env: fc
      .tuple(fc.array(variable(letters), { maxLength: 3 }), fc.subarray(['A', 'C']))
      .map(([a, b]) => [...a, ...b]),
    // The engine takes one word instead of a list, too.
    Entrypoint: fc.oneof(value('Entrypoint', letters), oneOf<unknown>([], [''], '/bin/env')),
    Cmd: fc.oneof(value('Cmd', letters), value('Cmd', letters), oneOf<unknown>([], '/bin/start')),
    Healthcheck: fc.oneof(
      health(letters, fc.oneof(test(letters), fc.constant([]))),
      fc.record({ Test: OFF }),
    ),
  });
}
