import fc from 'fast-check';
import { type Fields, oneOf, some } from './options-inherited.ts';

/** How a container is attached to networks, in the words of the create body. */
export interface Attachments {
  /** Undefined leaves it to the engine. */
  readonly mode: string | undefined;
  /** How the mode says which network it means. */
  readonly modeBy: 'name' | 'id' | 'short id';
  /** The first is the mode's own. */
  readonly endpoints: Readonly<Record<string, Fields>>;
  /** Whether the others are asked for with the container, where the engine takes that, or joined after. */
  readonly atOnce: boolean;
}

/** The networks that there are, and the beginning of their addresses; `side` has none of IPv6. */
export const NETWORKS: Readonly<Record<string, { readonly v4: string; readonly v6?: string }>> = {
  front: { v4: '172.30.1', v6: 'fd00:30:1:' },
  back: { v4: '172.30.2', v6: 'fd00:30:2:' },
  side: { v4: '172.30.3' },
};

const DRIVER_OPTIONS = oneOf({ 'org.example.option': 'one' });
const hexByte = fc.integer({ min: 0, max: 255 }).map(byte => byte.toString(16).padStart(2, '0'));
const macAddress = fc.tuple(hexByte, hexByte).map(pair => `02:00:5e:00:${pair.join(':')}`);

const LAST = fc.integer({ min: 100, max: 250 });

function addresses(network: string): fc.Arbitrary<Fields> {
  const { v4, v6 } = NETWORKS[network] ?? {};
  return some({
    IPv4Address: LAST.map(last => `${v4}.${last}`),
    ...(v6 !== undefined && { IPv6Address: LAST.map(last => `${v6}:${last}`) }),
    LinkLocalIPs: LAST.map(last => [`169.254.34.${last}`]),
  });
}

function endpoint(network: string): fc.Arbitrary<Fields> {
  return some({
    Aliases: fc.subarray(['web', 'www', 'api'], { minLength: 1 }),
    IPAMConfig: addresses(network),
    MacAddress: macAddress,
    DriverOpts: DRIVER_OPTIONS,
    GwPriority: oneOf(-1, 5),
    Links: oneOf(['peer:friend']),
  });
}

const endpoints = (names: readonly string[]) =>
  fc
    .tuple(...names.map(endpoint))
    .map(all => Object.fromEntries(all.map((each, index) => [names[index] ?? '', each])));

const atOnce = fc.boolean();
/** By its id, only one alone: a container on several that never ran does not say which of them it means. */
const waysToName = (names: readonly string[]) =>
  names.length === 1
    ? oneOf<Attachments['modeBy']>('name', 'id', 'short id')
    : oneOf<Attachments['modeBy']>('name', 'name', 'short id');
const userDefined: fc.Arbitrary<Attachments> = fc
  .shuffledSubarray(Object.keys(NETWORKS), { minLength: 1 })
  .chain(names =>
    fc.record({
      mode: fc.constant(names[0]),
      modeBy: waysToName(names),
      endpoints: endpoints(names),
      atOnce,
    }),
  );
const onDefaultBridge: fc.Arbitrary<Attachments> = fc
  .tuple(
    oneOf(undefined, 'default', 'bridge'),
    some({ MacAddress: macAddress, DriverOpts: DRIVER_OPTIONS, GwPriority: oneOf(1) }),
    fc.subarray(['front', 'back']),
  )
  .chain(([mode, bridge, names]) =>
    fc.record({
      mode: fc.constant(mode),
      modeBy: oneOf<'name'>('name'),
      endpoints: endpoints(names).map(others => ({ bridge, ...others })),
      atOnce,
    }),
  );
const without: fc.Arbitrary<Attachments> = fc.record({
  mode: oneOf('host', 'none', 'container:peer'),
  modeBy: oneOf<'name'>('name'),
  endpoints: fc.constant({}),
  atOnce: fc.constant(false),
});

export const attachments: fc.Arbitrary<Attachments> = fc.oneof(
  { weight: 5, arbitrary: userDefined },
  { weight: 3, arbitrary: onDefaultBridge },
  { weight: 1, arbitrary: without },
);
