import { expect, it } from 'vitest';
import { shapeOf, shapeOfJson, z } from '../../../src/base/shape.ts';

const shape = z.object({ name: z.string(), ports: z.array(z.object({ port: z.number() })) });

it('gives a value of the shape, without what was not asked for', () => {
  const value = { name: 'web', ports: [{ port: 80 }] };
  expect(shapeOf(shape, { ...value, more: true })).toEqual({ ok: true, value });
});

it('names the place and the kind', () => {
  expect(shapeOf(shape, { name: 'web', ports: [{ port: 80 }, { port: 'x' }] })).toEqual({
    ok: false,
    problem: 'ports.1.port: expected number, received string',
  });
});

it('names the first of several problems, and how many there are', () => {
  const found = shapeOf(shape, {});
  expect(found).toMatchObject({ ok: false, problem: expect.stringMatching(/^name: .* \(and 1 more\)$/) });
});

it.each([
  ['a wrong kind', z.number(), 's3cret'],
  ['a wrong word', z.enum(['a', 'b']), 's3cret'],
  ['a wrong literal', z.literal(1), 's3cret'],
  ['a wrong pattern', z.string().regex(/^\d+$/), 's3cret'],
  ['no shape of several', z.union([z.number(), z.boolean()]), 's3cret'],
  ['a wrong value of a record', z.record(z.string(), z.number()), { key: 's3cret' }],
])('never repeats the value: %s', (_, schema, value) => {
  const found = shapeOf<unknown>(schema, value);
  expect(found.ok).toBe(false);
  expect(JSON.stringify(found)).not.toContain('s3cret');
});

it('makes a hostile key safe to print', () => {
  const found = shapeOf(z.record(z.string(), z.number()), { '\u001b[2Jkey\n': 'x' });
  expect(found).toMatchObject({ problem: expect.stringMatching(/^key : expected/) });
});

it.each([
  ['{"a":1}', { ok: true, value: { a: 1 } }],
  ['{"a":1', { ok: false, problem: 'it is not JSON' }],
  ['<html>', { ok: false, problem: 'it is not JSON' }],
  ['', { ok: false, problem: 'it is empty' }],
  [' \n', { ok: false, problem: 'it is empty' }],
  ['null', { ok: false, problem: 'expected object, received null' }],
])('reads the JSON %j', (text, expected) => {
  expect(shapeOfJson(z.object({ a: z.number() }), text)).toEqual(expected);
});

it.each([
  [100, { ok: true, value: expect.anything() }],
  [101, { ok: false, problem: 'it is nested too deep' }],
  [500_000, { ok: false, problem: 'it is nested too deep' }],
])('reads JSON that is nested %i deep, or says so', (depth, expected) => {
  const brackets = `${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(shapeOfJson(z.unknown(), brackets)).toEqual(expected);
  const text = JSON.stringify([`\\"${brackets}"`, brackets]);
  expect(shapeOfJson(z.unknown(), text)).toMatchObject({ ok: true });
});

it.each([
  ['an index of nothing but mistakes', `{"manifests":[${'0,'.repeat(1_000_000)}0]}`],
  ['a list of nothing but lists', `[${'[],'.repeat(1_000_000)}[]]`],
])('does not look at JSON of too many parts: %s', (_, text) => {
  const manifests = z.object({ manifests: z.array(z.object({ digest: z.string() })) });
  expect(shapeOfJson(manifests, text)).toEqual({ ok: false, problem: 'it has too many parts' });
});

it('counts no commas that are written', () => {
  expect(shapeOfJson(z.string(), JSON.stringify(`"${','.repeat(100_000)}`))).toMatchObject({ ok: true });
});
