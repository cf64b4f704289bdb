import { expect, it } from 'vitest';
import { commandDelta } from '../../../src/container/command-delta.ts';
import { configShape } from '../../../src/container/inspected.ts';

type List = string[] | null;
type Pair = readonly [entrypoint: List, command: List];

const config = ([Entrypoint, Cmd]: Pair) => configShape.parse({ Entrypoint, Cmd });
const BOTH: Pair = [['/entry'], ['serve']];

it.each<[string, Pair, Pair, Record<string, unknown>]>([
  ['nothing', BOTH, BOTH, {}],
  ['nothing of an image without both', [null, null], [null, null], {}],
  ['nothing, however nothing is written', [[], ['serve']], [null, ['serve']], {}],
  ['a command', [['/entry'], ['migrate']], BOTH, { Cmd: ['migrate'] }],
  ['a command for an image without', [['/entry'], ['migrate']], [['/entry'], null], { Cmd: ['migrate'] }],
  ['a command for an image without entrypoint', [null, ['sh']], [null, ['serve']], { Cmd: ['sh'] }],
  ['an entrypoint, which suppresses the command', [['sh'], null], BOTH, { Entrypoint: ['sh'] }],
  ['the image’s own entrypoint, which does too', [['/entry'], null], BOTH, { Entrypoint: ['/entry'] }],
  ['both', [['sh'], ['-c']], BOTH, { Entrypoint: ['sh'], Cmd: ['-c'] }],
  ['both, the command as in the image', [['sh'], ['serve']], BOTH, { Entrypoint: ['sh'], Cmd: ['serve'] }],
  ['no entrypoint, which leaves the command', [[], ['serve']], BOTH, { Entrypoint: [] }],
  ['no entrypoint, as an empty word', [null, ['sh']], BOTH, { Entrypoint: [], Cmd: ['sh'] }],
])('the user said %s', (_, found, image, expected) => {
  expect(commandDelta(config(found), config(image), new Set())).toEqual(expected);
});

it.each<[string[], Pair, Pair, Record<string, unknown>]>([
  [['Cmd'], BOTH, BOTH, { Cmd: ['serve'] }],
  [['Entrypoint', 'Cmd'], BOTH, BOTH, { Entrypoint: ['/entry'], Cmd: ['serve'] }],
  [['Entrypoint'], [['/entry'], null], [['/entry'], null], { Entrypoint: ['/entry'] }],
  [['Entrypoint'], [[], ['serve']], [null, ['serve']], { Entrypoint: [] }],
  [['Cmd'], [[], ['serve']], BOTH, { Entrypoint: [], Cmd: ['serve'] }],
])(
  'what was written down (%s) is the user’s although it is the image’s too',
  (noted, found, image, expected) => {
    expect(commandDelta(config(found), config(image), new Set(noted))).toEqual(expected);
  },
);
