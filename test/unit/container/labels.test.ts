import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLabels, unknownLabels } from '../../../src/container/labels.ts';

const WISHES = new Set([
  'enable',
  'healthPath',
  'healthPort',
  'healthUrl',
  'healthTimeout',
  'stableFor',
  'dependsOn',
  'allowRm',
]);
const WATCHTOWER = 'com.centurylinklabs.watchtower.enable';

it.each<[Record<string, string>, Record<string, unknown>]>([
  [{}, {}],
  [{ other: 'y', 'refreshd.rollout': '{}', 'refreshd.user-set': '[]' }, {}],
  [{ 'refreshd.enable': 'true' }, { enable: true }],
  [{ 'refreshd.enable': ' FALSE ' }, { enable: false }],
  [{ 'refreshd.health.path': '/health?deep=1' }, { healthPath: '/health?deep=1' }],
  [{ 'refreshd.health.port': '8080' }, { healthPort: 8080 }],
  [{ 'refreshd.health.port': '65535' }, { healthPort: 65535 }],
  [{ 'refreshd.health.url': 'https://app.test/ok' }, { healthUrl: 'https://app.test/ok' }],
  [{ 'refreshd.url.path': '/mcp' }, { urlPath: '/mcp' }],
  [{ 'refreshd.health.timeout': '90s' }, { healthTimeout: 90_000 }],
  [{ 'refreshd.stable-for': '0' }, { stableFor: 0 }],
  [{ 'refreshd.verify': ' Key ' }, { verify: 'key' }],
  [{ 'refreshd.verify.key': ' keys/app.pub ' }, { verifyKey: 'keys/app.pub' }],
  [{ 'refreshd.verify.identity': 'https://git.test/me/*' }, { verifyIdentity: 'https://git.test/me/*' }],
  [{ 'refreshd.verify.issuer': 'https://issuer.test' }, { verifyIssuer: 'https://issuer.test' }],
  [{ 'refreshd.verify.root': '/etc/root.json' }, { verifyRoot: '/etc/root.json' }],
  [{ 'refreshd.min-age': '3d' }, { minAge: 259_200_000 }],
  [{ 'refreshd.preflight': ' On ' }, { preflight: true }],
  [{ 'refreshd.preflight': 'off' }, { preflight: false }],
  [{ 'refreshd.strategy': 'start-first' }, { strategy: 'start-first' }],
  [{ 'refreshd.strategy': 'Replace' }, { strategy: 'replace' }],
  [{ 'refreshd.pin': ` sha256:${'a'.repeat(64)} ` }, { pin: `sha256:${'a'.repeat(64)}` }],
])('%j means %j', (labels, wishes) => {
  expect(readLabels(labels)).toEqual({ wishes, problems: [] });
});

it.each([
  ['refreshd.enable', 'yes', 'true or false'],
  ['refreshd.enable', '', 'true or false'],
  ['refreshd.health.port', '0', 'a port from 1 to 65535'],
  ['refreshd.health.port', '65536', 'a port from 1 to 65535'],
  ['refreshd.health.port', '0x50', 'a port from 1 to 65535'],
  ['refreshd.health.port', '80.5', 'a port from 1 to 65535'],
  ['refreshd.health.timeout', '90', 'a duration such as 90s'],
  ['refreshd.preflight', 'true', 'on or off'],
  ['refreshd.strategy', 'stop-first', 'replace or start-first'],
  ['refreshd.min-age', 'old', 'a duration such as 3d'],
  ['refreshd.pin', '', 'a digest: sha256: and 64 hex digits'],
  ['refreshd.pin', 'latest', 'a digest: sha256: and 64 hex digits'],
  ['refreshd.pin', `sha256:${'A'.repeat(64)}`, 'a digest: sha256: and 64 hex digits'],
  ['refreshd.stable-for', 'soon', 'a duration such as 30s'],
  ['refreshd.verify', 'yes', 'off, key or keyless'],
  ['refreshd.verify', '', 'off, key or keyless'],
  ['refreshd.verify.key', ' ', 'a file with a public key'],
  ['refreshd.verify.key', 'a\0b', 'a file with a public key'],
  ['refreshd.verify.identity', '*', 'the identity in a certificate'],
  ['refreshd.verify.issuer', 'issuer.test', 'an address such as https://token'],
])('%s may not be "%s"', (label, text, expected) => {
  const { wishes, problems } = readLabels({ [label]: text });
  expect(wishes).toEqual({});
  expect(problems).toEqual([expect.stringContaining(`label ${label} must be ${expected}`)]);
  expect(problems[0]).toContain(', not "');
});

it.each(['app.test/ok', 'file:///etc/passwd', 'http://me:hunter2@app.test/'])(
  'refreshd.health.url may not be %s, which is not repeated: it may hold a password',
  text => {
    const { wishes, problems } = readLabels({ 'refreshd.health.url': text });
    expect(wishes).toEqual({});
    expect(problems).toEqual([
      'label refreshd.health.url must be an http or https address without credentials',
    ]);
  },
);

it.each(['/mcp?token=hunter2', 'mcp', '//elsewhere.test/'])(
  'refreshd.url.path may not be %s, which is not repeated: it is shown, and may hold a secret',
  text => {
    expect(readLabels({ 'refreshd.url.path': text })).toEqual({
      wishes: {},
      problems: ['label refreshd.url.path must be a path such as /mcp, without a question mark'],
    });
  },
);

it.each([
  'health',
  'elsewhere/health',
  '//example.org/health',
  '/a b',
  '/a\r\nHost: x',
  '/a#b',
  'health?key=hunter2',
])('refreshd.health.path may not be "%s", which is not repeated: it may hold a key', text => {
  const { wishes, problems } = readLabels({ 'refreshd.health.path': text });
  expect(wishes).toEqual({});
  expect(problems).toEqual(['label refreshd.health.path must be a path such as /health']);
});

it('repeats what is wrong, but short and on one line', () => {
  const { problems } = readLabels({ 'refreshd.enable': `\u001b[2J${'x\n'.repeat(100)}` });
  expect(problems[0]).toMatch(/not "x x [x ]{1,60}…"$/);
});

it('takes each label by itself', () => {
  const { wishes, problems } = readLabels({ 'refreshd.enable': 'maybe', 'refreshd.health.port': '80' });
  expect([wishes, problems.length]).toEqual([{ healthPort: 80 }, 1]);
});

it.each(['constructor', 'toString', '__defineGetter__'])('does not stumble over a label called %s', label => {
  expect(readLabels({ [label]: 'x', 'refreshd.enable': 'true' })).toEqual({
    wishes: { enable: true },
    problems: [],
  });
});

describe('the labels of other updaters', () => {
  it.each([WATCHTOWER, 'wud.watch', 'dd.watch'])('count too: %s', label => {
    expect(readLabels({ [label]: 'true' }).wishes).toEqual({ enable: true });
    expect(readLabels({ [label]: 'false' }).wishes).toEqual({ enable: false });
  });

  it.each([
    ['ours goes first', { [WATCHTOWER]: 'false', 'refreshd.enable': 'true' }, true],
    ['ours goes first, wherever it stands', { 'refreshd.enable': 'false', 'wud.watch': 'true' }, false],
    ['then they go in our order', { 'dd.watch': 'true', 'wud.watch': 'false' }, false],
    ['what none of us understands counts for nothing', { [WATCHTOWER]: 'yes', 'wud.watch': 'true' }, true],
  ])('%s', (_, labels, enable) => {
    expect(readLabels(labels)).toEqual({ wishes: { enable }, problems: [] });
  });
});

it('is not led astray by any label there may be', () => {
  const known = [
    'refreshd.enable',
    'refreshd.health.path',
    'refreshd.health.port',
    'refreshd.health.url',
    'refreshd.health.timeout',
    'refreshd.stable-for',
    'refreshd.depends-on',
    'refreshd.allow-rm',
    WATCHTOWER,
    '__proto__',
    'constructor',
    'toString',
  ];
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.json(), fc.constantFrom('true', '5m'));
  const entries = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...known), fc.string()), text));
  fc.assert(
    fc.property(entries, labels => {
      // As the engine's JSON is read: `__proto__` is a key like any other.
      const read = readLabels(
        JSON.parse(`{${labels.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`)}}`),
      );
      expect(Object.getPrototypeOf(read.wishes)).toBe(Object.prototype);
      expect(Object.keys(read.wishes).filter(key => !WISHES.has(key))).toEqual([]);
      for (const problem of read.problems)
        expect(problem).toMatch(/^label [\w.-]+ must be [^\p{C}]{1,160}$/u);
      expect({}).toEqual(JSON.parse('{}'));
    }),
    { numRuns: 500 },
  );
});

it.each<[Record<string, string>, Record<string, string | undefined>]>([
  [{ 'refreshd.enable': 'x', 'refreshd.rollout': 'x', 'refreshd.user-set': 'x', other: 'x' }, {}],
  [{ 'refreshd.enabled': 'x' }, { 'refreshd.enabled': 'refreshd.enable' }],
  [{ 'Refreshd.Enable': 'x' }, { 'Refreshd.Enable': 'refreshd.enable' }],
  [{ 'refreshd.health-port': 'x' }, { 'refreshd.health-port': 'refreshd.health.port' }],
  [{ 'refreshd.watch': 'x' }, { 'refreshd.watch': undefined }],
  [{ refreshd: 'x' }, { refreshd: undefined }],
  [{ 'refreshdx.enable': 'x', 'com.refreshd.enable': 'x' }, {}],
])('labels of ours that there are not, in %j', (labels, expected) => {
  expect(Object.fromEntries(unknownLabels(labels).map(({ label, meant }) => [label, meant]))).toStrictEqual(
    expected,
  );
});
