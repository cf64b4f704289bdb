import type { Shaped } from '../base/shape.ts';
import { type Digest, shortDigest } from '../image/digest.ts';

/** What a container may run, as far as a person restricts it. */
export type Pin =
  | { readonly kind: 'none' }
  /** Exactly this one, and no other is even pulled. */
  | { readonly kind: 'only'; readonly digest: Digest; readonly by: 'label' | 'command' }
  /** There are two pins, and they differ. */
  | { readonly kind: 'unclear'; readonly reason: string }
  /** There may be one: what was written down cannot be understood. */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * What a container is pinned to. Two pins that differ are none to choose from, and what cannot be read may be one.
 * @param label what the user's label says
 * @param remembered what `refreshd pin` wrote down
 */
export function pinOf(name: string, label: Digest | undefined, remembered: Shaped<Digest | undefined>): Pin {
  if (!remembered.ok) return { kind: 'unknown', reason: `it may be pinned: ${remembered.problem}` };
  const command = remembered.value;
  if (label !== undefined && command !== undefined && label !== command) {
    return {
      kind: 'unclear',
      reason: `its label refreshd.pin allows only ${shortDigest(label)}, but refreshd pin only ${shortDigest(command)}: change the label, or run refreshd unpin ${name}`,
    };
  }
  if (label !== undefined) return { kind: 'only', digest: label, by: 'label' };
  return command === undefined ? { kind: 'none' } : { kind: 'only', digest: command, by: 'command' };
}

/** What undoes a pin. */
export function waysToUnpin(name: string, { by }: Extract<Pin, { kind: 'only' }>): string {
  return by === 'label' ? 'Remove its label refreshd.pin first.' : `Run refreshd unpin ${name} first.`;
}
