import { expect, it } from 'vitest';
import { toEngineError } from '../../../src/engine/engine-error.ts';

const errorOf = (said: string) =>
  toEngineError(
    Object.assign(new Error(`(HTTP code 500) server error - ${said} `), { statusCode: 500 }),
    'start container web',
    'unix:///x',
  );
const refused = (said: string) => errorOf(said).message;

it('shortens ids before it cuts, so that what matters is still there', () => {
  const id = 'a'.repeat(64);
  const said = `driver failed on endpoint web (${id}): ${`layer ${id} `.repeat(8)}: port is already allocated`;
  expect(refused(said)).toContain('port is already allocated (HTTP 500).');
  expect(refused(said)).not.toContain(id);
});

it('cuts what is endless', () => {
  expect(refused('x '.repeat(5000)).length).toBeLessThan(600);
});

it('tells a full disk from other failures, and what to do about it', () => {
  const { code, hint } = errorOf('write /var/lib/docker/containers/x/hosts: no space left on device');
  expect([code, hint]).toEqual(['no-room', expect.stringMatching(/^Free some room .*docker system df/)]);
  expect(errorOf('driver failed')).toMatchObject({ code: 'failed', hint: '', retryable: true });
});
