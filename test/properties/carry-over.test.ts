import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryOver, type Spec } from '../../src/container/carry-over.ts';
import { coincidences } from '../../src/container/coincidences.ts';
import { createBody } from '../../src/container/create-body.ts';
import { type Config, configShape, type InspectedContainer } from '../../src/container/inspected.ts';
import { ROLLOUT_LABEL, type RolloutLabel, USER_SET_LABEL } from '../../src/container/rollout-label.ts';
import { userSetOf } from '../../src/container/user-labels.ts';
import { createContainer } from '../support/engine-merge.ts';

type Fields = Record<string, unknown>;
type Words = readonly string[];

const RUNS = { numRuns: 300 };
const NO_IMAGE = configShape.parse({});

const LABEL: RolloutLabel = {
  v: 1,
  role: 'successor',
  id: 'r1',
  home: 'home',
  name: 'web',
  predecessor: 'p',
  from: 'sha256:old',
  reference: 'web:1',
  place: 0,
  restart: { name: 'no', retries: 0 },
  running: true,
  vanishes: false,
};

/** A container made from a spec on an image, as refreshd makes it: with a note of what coincides. */
function make(spec: Spec, image: Config): InspectedContainer {
  const successor = {
    reference: 'web:1',
    imageId: 'sha256:new',
    label: LABEL,
    userSet: coincidences(spec, image),
    imageBringsList: USER_SET_LABEL in image.Labels,
  };
  return createContainer(createBody(spec, successor), image);
}

function update(container: InspectedContainer, from: Config, to: Config): InspectedContainer {
  const userSet = userSetOf(container.Config.Labels, from.Labels);
  return make(
    carryOver(container, from, { hostname: 'engine', logDriver: 'json-file', apiVersion: '1.44' }, userSet),
    to,
  );
}

/** What a container does, however it is written: without our labels, its own id and kinds of nothing. */
function effectOf({ Id, Config }: InspectedContainer): Fields {
  const { [ROLLOUT_LABEL]: _, [USER_SET_LABEL]: __, ...Labels } = Config.Labels;
  const all = { ...Config, Image: undefined, Labels, Hostname: Config['Hostname'] !== Id.slice(0, 12) };
  const isSomething = (value: unknown) =>
    value !== null && value !== undefined && (typeof value !== 'object' || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(all).filter(([, value]) => isSomething(value)));
}

/** Some of these fields, each either left out or with one of its values. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record(fields, { requiredKeys: [] });
const word = (words: Words) => fc.constantFrom(...words);
const list = (words: Words) => fc.array(word(words), { minLength: 1, maxLength: 2 });
const keysOf = (all: Words) => Object.fromEntries(all.map(key => [key, {}]));
const keys = (words: Words) => fc.uniqueArray(word(words)).map(keysOf);
const pairs = (words: Words) => fc.dictionary(fc.constantFrom('k', 'l', 'm=n', 'constructor'), word(words));

function env(words: Words, selector?: (entry: string) => string): fc.Arbitrary<string[]> {
  const entry = fc
    .tuple(fc.constantFrom('PATH', 'A', 'B', 'a'), word(words))
    .map(([key, value]) => `${key}=${value}`);
  return fc.uniqueArray(entry, { maxLength: 4, ...(selector && { selector }) });
}

const health = (words: Words, tests: fc.Arbitrary<unknown>) => {
  const time = fc.constantFrom(...words.map(each => each.charCodeAt(0)));
  const times = { Interval: time, Timeout: time, StartPeriod: time, StartInterval: time, Retries: time };
  return some({ Test: tests, ...times });
};
const test = (words: Words) => list(words).map(each => ['CMD', ...each]);
const NONE = fc.constant(['NONE']);

/** What an image may say of a field, and what a user may, in the words of an alphabet. */
interface Field {
  readonly image: (words: Words) => fc.Arbitrary<Fields>;
  readonly user: (words: Words) => fc.Arbitrary<Fields>;
}

/** The fields that a container inherits. */
const INHERITED: Record<string, Field> = {
  'User, WorkingDir, StopSignal': {
    image: words => some({ User: word(words), WorkingDir: word(words), StopSignal: word(words) }),
    user: words => some({ User: word(words), WorkingDir: word(words), StopSignal: word(words) }),
  },
  Env: {
    image: words => some({ Env: env(words, entry => entry.split('=')[0] ?? '') }),
    // A user may say a variable twice, or name it without a value to unset it.
    user: words =>
      some({ Env: fc.tuple(env(words), fc.subarray(['A', 'PATH'])).map(([a, b]) => [...a, ...b]) }),
  },
  'Entrypoint and Cmd': {
    image: words => some({ Entrypoint: list(words), Cmd: list(words) }),
    user: words => some({ Entrypoint: fc.oneof(list(words), fc.constant([])), Cmd: list(words) }),
  },
  Labels: {
    image: words => some({ Labels: pairs(words) }),
    user: words => some({ Labels: pairs(words) }),
  },
  'ExposedPorts and Volumes': {
    image: words => some({ ExposedPorts: keys(words), Volumes: keys(words) }),
    // What is published is exposed too, as every client sees to.
    user: words =>
      fc
        .tuple(some({ ExposedPorts: keys(words), Volumes: keys(words) }), fc.subarray([...words]))
        .map(([asked, published]) => ({
          ...asked,
          ExposedPorts: { ...(asked['ExposedPorts'] as object), ...keysOf(published) },
          HostConfig: {
            PortBindings: Object.fromEntries(published.map(port => [port, [{ HostPort: '1' }]])),
          },
        })),
  },
  Healthcheck: {
    image: words => some({ Healthcheck: health(words, fc.oneof(test(words), NONE)) }),
    user: words => some({ Healthcheck: fc.oneof(health(words, test(words)), fc.record({ Test: NONE })) }),
  },
};

const images = (image: Field['image'], ...alphabets: Words[]) =>
  fc.tuple(...alphabets.map(words => image(words).map(each => configShape.parse({ Cmd: ['run'], ...each }))));

/** Two words that no alphabet is without; where the first image says them too, nobody can tell whose they are. */
function isUndecidable(request: Fields, first: Config): boolean {
  const isOff = (check: unknown) => isDeepStrictEqual((check as Fields | undefined)?.['Test'], ['NONE']);
  const isBare = isDeepStrictEqual(request['Entrypoint'], []) && first.Entrypoint === undefined;
  return isBare || (isOff(request['Healthcheck']) && isOff(first.Healthcheck));
}

const AB = ['a', 'b'];
const PROPERTIES: Record<string, (field: Field) => void> = {
  'the same after an update to the same image, whoever set them': ({ user, image }) =>
    fc.assert(
      fc.property(user(AB), images(image, AB, AB), (request, [one = NO_IMAGE, two = NO_IMAGE]) => {
        const first = createContainer(request, one);
        expect(effectOf(update(first, one, one))).toEqual(effectOf(first));
        const second = update(first, one, two);
        expect(effectOf(update(second, two, two))).toEqual(effectOf(second));
      }),
      RUNS,
    ),
  'as on a fresh container, update after update, where the user’s differ from the first image’s': field =>
    fc.assert(
      fc.property(
        field.user(AB),
        images(field.image, ['x', 'y'], ['a', 'b', 'x'], AB),
        (request, versions) => {
          const [first = NO_IMAGE, ...later] = versions;
          fc.pre(!isUndecidable(request, first));
          followsEach(request, createContainer(request, first), first, later);
        },
      ),
      RUNS,
    ),
  'as on a fresh container, update after update, where it was written down what coincides': field =>
    fc.assert(
      fc.property(field.user(AB), images(field.image, AB, AB, AB, AB), (request, versions) => {
        const [first = NO_IMAGE, ...later] = versions;
        const { HostConfig = {}, ...config } = request;
        const spec = { config, host: HostConfig as Fields, primary: undefined, others: [] };
        followsEach(request, make(spec, first), first, later);
      }),
      RUNS,
    ),
};

/** Updates a container to each image in turn; each time it is as if it had been made on that one. */
function followsEach(
  request: Fields,
  made: InspectedContainer,
  first: Config,
  later: readonly Config[],
): void {
  let container = made;
  let from = first;
  for (const to of later) {
    container = update(container, from, to);
    expect(effectOf(container)).toEqual(effectOf(createContainer(request, to)));
    from = to;
  }
}

describe.each(Object.entries(PROPERTIES))('they are %s', (_, prove) => {
  it.each(Object.entries(INHERITED))('%s', (_name, field) => prove(field));
});
