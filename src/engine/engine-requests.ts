import type { z } from '../base/shape.ts';
import { anything } from './engine-shapes.ts';
import { PULL_SILENCE } from './pull-stream.ts';

export const SECOND = 1000;

/** How long the engine is waited for, in milliseconds. */
export interface EngineDeadlines {
  readonly read: number;
  readonly write: number;
  /** Creating and starting may wait for slow disks, volume drivers and networks. */
  readonly slowWrite: number;
  /** How long it may say nothing during a pull. */
  readonly pullSilence: number;
}

export const DEADLINES: EngineDeadlines = {
  read: 30 * SECOND,
  write: 60 * SECOND,
  slowWrite: 120 * SECOND,
  pullSilence: PULL_SILENCE,
};

/** The kinds of requests, each with the time that it gets. */
export function requestsWithin({ read, write }: EngineDeadlines) {
  return {
    get: <T>(path: string, operation: string, shape: z.ZodType<T>) =>
      ({ method: 'GET', path, accept: [200], shape, operation, deadline: read }) as const,
    post: (
      path: string,
      operation: string,
      accept: readonly number[],
      shape: z.ZodType = anything,
      deadline = write,
    ) => ({ method: 'POST', path, accept, shape, operation, deadline }) as const,
    remove: (path: string, operation: string, accept: readonly number[]) =>
      ({ method: 'DELETE', path, accept, shape: anything, operation, deadline: write }) as const,
  };
}

export type Get = ReturnType<typeof requestsWithin>['get'];
