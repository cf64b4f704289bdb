import { expect, it } from 'vitest';
import { openToldRemarks, wasTold } from '../../../src/journal/told-remarks.ts';
import { tempFolder } from '../../support/temp-folder.ts';

it('remembers what was said of whom', async () => {
  const memory = openToldRemarks(tempFolder());
  await memory.remember({ web: ['stale a'] });
  const { value } = await memory.recall();
  expect(wasTold(value, 'web', 'stale a')).toBe(true);
  expect(wasTold(value, 'web', 'stale b')).toBe(false);
  expect(wasTold(value, 'constructor', 'name')).toBe(false);
});
