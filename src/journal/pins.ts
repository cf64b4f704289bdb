import { z } from '../base/shape.ts';
import type { Digest } from '../image/digest.ts';
import { digestShape } from './digest-shape.ts';
import { openStateFile, type StateFile } from './state-file.ts';

const pinsShape = z.strictObject({
  v: z.literal(1),
  /** By container name. */
  pins: z.record(
    z.string(),
    z.strictObject({
      digest: digestShape,
      /** When it was pinned, in milliseconds since 1970. */
      at: z.number(),
    }),
  ),
});

/** The only digest that each of these containers may run, by a person's word. */
export type Pins = z.infer<typeof pinsShape>;

export const NO_PINS: Pins = { v: 1, pins: {} };

/**
 * No memory like the others: one that cannot be understood must not count as empty, or what is pinned would be
 * updated. So whoever reads it learns that.
 */
export function openPins(stateFolder: string): StateFile<Pins> {
  return openStateFile(stateFolder, 'pins', pinsShape, NO_PINS);
}

/** The digest that a container is pinned to; names are any text, `constructor` too. */
export function pinnedDigest({ pins }: Pins, name: string): Digest | undefined {
  return Object.hasOwn(pins, name) ? pins[name]?.digest : undefined;
}

/** The same with another pin for one container; without any, if that is undefined. */
export function withPin(all: Pins, name: string, pin: Pins['pins'][string] | undefined): Pins {
  const others = Object.entries(all.pins).filter(([each]) => each !== name);
  return { v: 1, pins: Object.fromEntries(pin === undefined ? others : [...others, [name, pin]]) };
}
