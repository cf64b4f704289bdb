import type { RestartPolicy } from '../container/inspected.ts';

/** Whether two restart policies say the same; the engine writes "never" in two ways. */
export function samePolicy(a: RestartPolicy, b: RestartPolicy): boolean {
  const name = (policy: RestartPolicy) => policy.Name || 'no';
  return name(a) === name(b) && a.MaximumRetryCount === b.MaximumRetryCount;
}
