import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { answerOf, Lab, until } from '../support/lab.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(() => lab.clear());
afterAll(() => lab.close());

const SERVICE = {
  HostConfig: {
    PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
    RestartPolicy: { Name: 'unless-stopped' },
  },
};

it('takes a new image under the same tag', async () => {
  await lab.publish({ version: '1' });
  await lab.pull();
  const before = await lab.run('app', SERVICE);
  await until(
    'it answers',
    async () => (await answerOf('http://127.0.0.1:18080/health')) === '200 /health 1',
  );
  await lab.publish({ version: '2' });

  const result = await lab.refreshd(['run']);
  expect(result.code).toBe(0);
  expect(await answerOf('http://127.0.0.1:18080/health')).toBe('200 /health 2');
  const after = await lab.inspect('app');
  expect(after.Id).not.toBe(before);
  expect(await lab.names()).toEqual(['app']);
  expect(after.HostConfig.RestartPolicy.Name).toBe('unless-stopped');
});
