import { expect, it } from 'vitest';
import { markTold, wasTold } from '../../../src/cli/told.ts';

it('notes of each error by itself whether it was said', () => {
  const [said, other] = [new Error('x'), new Error('x')];
  for (const each of [said, 'a string', undefined]) markTold(each);
  expect([said, other, 'a string', undefined].map(wasTold)).toEqual([true, false, false, false]);
});
