import { expect, it } from 'vitest';
import { toEngineError } from '../../../src/engine/engine-error.ts';

const refused = (said: string) =>
  toEngineError(
    Object.assign(new Error(`(HTTP code 500) server error - ${said} `), { statusCode: 500 }),
    'start container web',
    'unix:///x',
  ).message;

it('shortens ids before it cuts, so that what matters is still there', () => {
  const id = 'a'.repeat(64);
  const said = `driver failed on endpoint web (${id}): ${`layer ${id} `.repeat(8)}: port is already allocated`;
  expect(refused(said)).toContain('port is already allocated (HTTP 500).');
  expect(refused(said)).not.toContain(id);
});

it('cuts what is endless', () => {
  expect(refused('x '.repeat(5000)).length).toBeLessThan(600);
});
