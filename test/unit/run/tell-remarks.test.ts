import { expect, it } from 'vitest';
import type { Log } from '../../../src/base/log.ts';
import { openToldRemarks } from '../../../src/journal/told-remarks.ts';
import type { Remark } from '../../../src/plan/remark.ts';
import { tellRemarks } from '../../../src/run/tell-remarks.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const stale: Remark = { key: 'stale', level: 'warn', words: 'Nothing new' };
const young: Remark = { key: 'young', level: 'info', words: 'Too young' };

it('says what is so when it becomes so, and not again before it was otherwise', async () => {
  const logged: string[] = [];
  const at =
    (level: string): Log['info'] =>
    (text, about) =>
      void logged.push(`${level} ${about?.container}: ${text}`);
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  const tools = { log, toldRemarks: openToldRemarks(tempFolder()) };
  const tell = async (remarks: Record<string, Remark[]>) => {
    await tellRemarks(tools, new Map(Object.entries(remarks)));
    return logged.splice(0);
  };
  expect(await tell({ web: [stale], db: [] })).toEqual(['warn web: Nothing new.']);
  expect(await tell({ web: [stale, young], db: [] })).toEqual(['info web: Too young.']);
  // A run for another container says nothing of this one, and forgets nothing.
  expect(await tell({ db: [stale] })).toEqual(['warn db: Nothing new.']);
  expect(await tell({ web: [stale, young], db: [stale] })).toEqual([]);
  expect(await tell({ web: [young], db: [] })).toEqual([]);
  expect(await tell({ web: [stale, young], db: [stale] })).toEqual([
    'warn web: Nothing new.',
    'warn db: Nothing new.',
  ]);
});
