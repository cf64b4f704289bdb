import type { Spec } from './carry-over.ts';

/** A mount as it is sent to the engine. */
export type Mount = Readonly<Record<string, unknown>>;

/** The binds of a spec, in the words of `docker run -v`. */
export function bindsOf({ host }: Spec): readonly string[] {
  return (host['Binds'] ?? []) as readonly string[];
}

/** The mounts of a spec, in the words of `docker run --mount`. */
export function mountsOf({ host }: Spec): readonly Mount[] {
  return (host['Mounts'] ?? []) as readonly Mount[];
}

/** `/srv/data:/data` and `data:/data:z`, but not `data:/data:ro`. */
export function isWritableBind(bind: string): boolean {
  const [source = '', , options = ''] = bind.split(':');
  return isSocket(source) || !options.split(',').includes('ro');
}

/** Whether what is written through a mount is there for others, too. */
export function isWritableMount({ Type, Source, ReadOnly }: Mount): boolean {
  return Type !== 'tmpfs' && Type !== 'image' && (isSocket(String(Source)) || ReadOnly !== true);
}

/** Whoever may connect can say anything, "read-only" or not: the engine's own socket above all. */
function isSocket(source: string): boolean {
  return source.endsWith('.sock');
}

/** The paths inside the container at which it writes what outlives it. */
export function writablePaths(spec: Spec): readonly string[] {
  const binds = bindsOf(spec).filter(isWritableBind);
  const mounts = mountsOf(spec).filter(isWritableMount);
  return [...binds.map(bind => bind.split(':')[1] ?? bind), ...mounts.map(({ Target }) => String(Target))];
}
