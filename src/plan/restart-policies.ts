import type { RestartPolicy } from '../container/inspected.ts';

/** Whether two restart policies say the same; the engine writes "never" in two ways. */
export function samePolicy(a: RestartPolicy, b: RestartPolicy): boolean {
  const name = (policy: RestartPolicy) => policy.Name || 'no';
  return name(a) === name(b) && a.MaximumRetryCount === b.MaximumRetryCount;
}

/**
 * The policy with which the engine alone brings a container back after it was stopped for an update: `unless-stopped`
 * stays stopped over an engine start, `always` comes back.
 */
export function armed(policy: RestartPolicy): RestartPolicy {
  return policy.Name === 'unless-stopped' ? { Name: 'always', MaximumRetryCount: 0 } : policy;
}
