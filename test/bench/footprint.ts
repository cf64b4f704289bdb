import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sizeOf } from '../support/footprint.ts';
import { type Figure, figuresOf } from './figure.ts';

/** How many packages `npm install` of the packed refreshd brings, itself included, and how large they are. */
export function measureFootprint(installed: string): readonly Figure[] {
  const lock = JSON.parse(readFileSync(join(installed, 'node_modules/.package-lock.json'), 'utf8'));
  const packages = Object.keys(lock.packages).length;
  const megabytes = sizeOf(join(installed, 'node_modules')) / 1e6;
  const figures = (what: string, unit: 'packages' | 'MB', value: number) =>
    figuresOf({ measurement: 'footprint', what, unit }, { refreshd: [value] });
  return [
    ...figures('packages in `node_modules`', 'packages', packages),
    ...figures('their files', 'MB', megabytes),
  ];
}
