/** Whether nobody waits for the tests (`npm run test:long`): then all is tried that there is. */
export const IS_LONG = process.env['REFRESHD_TEST_LONG'] === '1';

/** All of them in the long run, else every n-th. */
export function everyNth<T>(n: number, all: readonly T[]): readonly T[] {
  return IS_LONG ? all : all.filter((_, place) => place % n === 0);
}
