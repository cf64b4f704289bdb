import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../bench/figure.ts';
import { renderFigures } from '../../bench/render-figures.ts';
import { readWishes } from '../../bench/wishes.ts';

const about = { measurement: 'start', what: '`refreshd --version`', unit: 'ms' } as const;

describe('figures', () => {
  it('are medians with least and most, beside the floor', () => {
    const samples = { 'node -e 0': [50, 40, 42, 44], refreshd: [86, 130.4, 80] };
    expect(figuresOf(about, samples, 'node -e 0')).toEqual([
      { ...about, way: 'node -e 0', measured: 4, median: 43, min: 40, max: 50, ratio: 1 },
      { ...about, way: 'refreshd', measured: 3, median: 86, min: 80, max: 130, ratio: 2 },
    ]);
  });

  it('have no ratio without a floor, or to a floor of nothing', () => {
    expect(figuresOf(about, { refreshd: [12345.6] })).toEqual([
      { ...about, way: 'refreshd', measured: 1, median: 12346, min: 12346, max: 12346 },
    ]);
    const [, second] = figuresOf(about, { 'bare node': [0], refreshd: [2] }, 'bare node');
    expect(second).not.toHaveProperty('ratio');
  });

  it('leave out a way that was not measured', () => {
    expect(figuresOf(about, { floor: [1], refreshd: [] }, 'floor').map(({ way }) => way)).toEqual(['floor']);
  });

  it('are told as a table for each measurement, a column for each way', () => {
    const samples = { 'node -e 0': [50, 40, 42, 44], refreshd: [86, 130.4, 80] };
    const footprint = { measurement: 'footprint', what: 'packages', unit: 'packages' } as const;
    const figures = [...figuresOf(footprint, { refreshd: [98] }), ...figuresOf(about, samples, 'node -e 0')];
    expect(renderFigures(figures)).toBe(`**Starting**

|                      | unit | node -e 0  | refreshd    | refreshd ÷ floor | times |
| -------------------- | ---- | ---------- | ----------- | ---------------- | ----- |
| \`refreshd --version\` | ms   | 43 (40–50) | 86 (80–130) | 2                | 4, 3  |

**What an installation brings**

|          | unit     | refreshd | times |
| -------- | -------- | -------- | ----- |
| packages | packages | 98       | 1     |
`);
  });
});

describe('what is asked of the benchmark', () => {
  it('is everything unless it says less', () => {
    expect(readWishes([])).toMatchObject({ repetitions: 15, as: 'table' });
    expect(readWishes([]).only).toHaveLength(7);
    expect(readWishes(['--only', 'check, start', '--repetitions', '3', '--json'])).toEqual({
      only: ['check', 'start'],
      repetitions: 3,
      as: 'json',
    });
  });

  it.each([
    [['--only', 'downtimes'], /--only wants some of downtime, check/],
    [['--repetitions', '0'], /--repetitions wants a whole number/],
    [['--repetitions', 'many'], /--repetitions wants a whole number/],
    [['--jsn'], /Unknown option '--jsn'/],
  ])('%j is refused', (args, says) => {
    expect(() => readWishes(args)).toThrow(says);
  });
});
