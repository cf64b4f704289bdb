/** What an image is built for, in the OCI image spec's words (image-index.md, GOOS and GOARCH). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** What kernels and engines call an architecture, in Go's words. */
const ARCHITECTURES: ReadonlyMap<string, Omit<Platform, 'os'>> = new Map(
  Object.entries({
    x86_64: { architecture: 'amd64' },
    'x86-64': { architecture: 'amd64' },
    i386: { architecture: '386' },
    i686: { architecture: '386' },
    aarch64: { architecture: 'arm64' },
    armhf: { architecture: 'arm', variant: 'v7' },
    armv7l: { architecture: 'arm', variant: 'v7' },
    armel: { architecture: 'arm', variant: 'v6' },
    armv6l: { architecture: 'arm', variant: 'v6' },
  }),
);

/** The variant that is meant where none is written. */
const DEFAULT_VARIANT: ReadonlyMap<string, string> = new Map([
  ['amd64', 'v1'],
  ['arm64', 'v8'],
  ['arm', 'v7'],
]);

/** The same platform in one spelling: kernel names (`x86_64`) become Go's, defaults are filled in. */
export function normalPlatform(platform: Platform): Platform & { readonly variant: string } {
  const written = platform.architecture.toLowerCase();
  const known = ARCHITECTURES.get(written);
  const architecture = known?.architecture ?? written;
  const variant =
    platform.variant?.replace(/^(?=\d)/, 'v') || known?.variant || DEFAULT_VARIANT.get(architecture) || '';
  return { os: platform.os.toLowerCase(), architecture, variant };
}

/** `linux/arm/v7`; a default variant is left out, as `docker pull --platform` takes it. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant } = normalPlatform(platform);
  return variant === '' || variant === DEFAULT_VARIANT.get(architecture)
    ? `${os}/${architecture}`
    : `${os}/${architecture}/${variant}`;
}

/** What an engine says of an image's platform. */
interface BuiltFor {
  readonly Os?: string | null | undefined;
  readonly Architecture?: string | null | undefined;
  readonly Variant?: string | null | undefined;
}

/**
 * The engine's own platform, or that of an image that was made for another (`--platform`): another architecture, or a
 * variant that nobody gets without asking for it, because the engine takes an older one.
 */
export function platformOfImage({ Os, Architecture, Variant }: BuiltFor, engine: Platform): Platform {
  if (!Os || !Architecture) return engine;
  const own = normalPlatform({ os: Os, architecture: Architecture, variant: Variant || undefined });
  return platformDistance(engine, own) === undefined ? own : engine;
}

/**
 * What an image is made for instead, where it is to follow on one for another platform; undefined if it fits. Variants
 * are left to the engine, which took it.
 */
export function otherPlatform(image: BuiltFor, former: BuiltFor, engine: Platform): string | undefined {
  const wanted = normalPlatform(platformOfImage(former, engine));
  const made = normalPlatform(platformOfImage(image, engine));
  const fits = made.os === wanted.os && made.architecture === wanted.architecture;
  return fits ? undefined : formatPlatform(made);
}

/** The platform of an image that was made for another than the engine's own, as it is asked for; else undefined. */
export function foreignPlatform(image: BuiltFor, engine: Platform): string | undefined {
  const platform = formatPlatform(platformOfImage(image, engine));
  return platform === formatPlatform(engine) ? undefined : platform;
}

/**
 * How well a machine of platform `host` runs an image of platform `offered`: 0 is exact, larger is an older
 * variant of the same architecture (arm v7 runs v6), undefined is not at all. Another architecture never
 * counts, even where the kernel could emulate it.
 */
export function platformDistance(host: Platform, offered: Platform): number | undefined {
  const a = normalPlatform(host);
  const b = normalPlatform(offered);
  if (a.os !== b.os || a.architecture !== b.architecture) return undefined;
  if (a.variant === b.variant) return 0;
  const distance = variantNumber(a.variant) - variantNumber(b.variant);
  return distance > 0 ? distance : undefined;
}

function variantNumber(variant: string): number {
  return Number(variant.replace(/^v/, '')) || 0;
}
