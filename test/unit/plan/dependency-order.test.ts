import { expect, it } from 'vitest';
import { dependencyOrder } from '../../../src/plan/dependency-order.ts';

/** Things of one letter; `a:bc` needs b and c. */
function order(text: string) {
  const needs = new Map(text.split(' ').map(each => [each.charAt(0), [...each.slice(2)]]));
  const { order: found, cycles } = dependencyOrder([...needs.keys()], thing => needs.get(thing) ?? []);
  return [found.join(''), ...cycles.map(cycle => cycle.join(''))];
}

it.each([
  ['a b c', ['abc']],
  ['a:b b:c c', ['cba']],
  ['a:bc b:d c:d d', ['dbca']],
  ['c a:c b', ['cab']],
  ['a:b b:a', ['ba', 'ab']],
  ['a:a', ['a', 'a']],
  ['a:b b:c c:b', ['cba', 'bc']],
])('%s comes in the order and circles %j', (text, expected) => {
  expect(order(text)).toEqual(expected);
});
