import { type Shaped, shapeOfJson, z } from '../base/shape.ts';

/** A service of a stack, as far as we look at it. */
export interface StackService {
  readonly name: string;
  /** Undefined where its image is only built here. */
  readonly image: string | undefined;
  /** When compose itself would pull it: `always`, `missing`, `never`, `build`, … */
  readonly pullPolicy: string | undefined;
}

/** The model of the Compose specification; zod leaves out everything else, and so all that may be secret. */
const modelShape = z.object({
  services: z
    .record(z.string(), z.object({ image: z.string().optional(), pull_policy: z.string().optional() }))
    .nullish(),
});

/** The services in what `docker compose config --format json` says, in the order of their names. */
export function servicesIn(model: string): Shaped<readonly StackService[]> {
  const read = shapeOfJson(modelShape, model);
  if (!read.ok) return read;
  const services = Object.entries(read.value.services ?? {}).map(([name, { image, pull_policy }]) => ({
    name,
    image,
    pullPolicy: pull_policy,
  }));
  return { ok: true, value: services.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}
