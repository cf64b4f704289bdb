import type { InspectedContainer } from './inspected.ts';

const ANY = new Set(['', '0.0.0.0', '::']);

/**
 * What a running container has that another wants for itself: `port 8080/tcp of the host`, `address 172.30.0.9`.
 * Undefined if they do not get in each other's way.
 */
export function takenFrom(wanting: InspectedContainer, holder: InspectedContainer): string | undefined {
  return takenPort(wanting, holder) ?? takenAddress(wanting, holder);
}

function takenPort(wanting: InspectedContainer, holder: InspectedContainer): string | undefined {
  const held = hostPorts(holder.NetworkSettings.Ports);
  const taken = hostPorts(wanting.HostConfig.PortBindings).find(want =>
    held.some(has => has.port === want.port && overlap(has.address, want.address)),
  );
  return taken === undefined ? undefined : `port ${taken.port} of the host`;
}

/** With the protocol, as in `8080/tcp`; those that the engine chooses are in nobody's way. */
function hostPorts(bindings: InspectedContainer['NetworkSettings']['Ports']) {
  return Object.entries(bindings ?? {}).flatMap(([inside, outside]) =>
    (outside ?? []).flatMap(({ HostIp, HostPort }) =>
      HostPort ? [{ port: inside.replace(/^\d+/, HostPort), address: HostIp ?? '' }] : [],
    ),
  );
}

function overlap(one: string, other: string): boolean {
  return one === other || ANY.has(one) || ANY.has(other);
}

function takenAddress(wanting: InspectedContainer, holder: InspectedContainer): string | undefined {
  const networks = Object.entries(wanting.NetworkSettings.Networks ?? {});
  for (const [name, { IPAMConfig }] of networks) {
    const wanted = (IPAMConfig as { IPv4Address?: string } | null | undefined)?.IPv4Address;
    if (wanted && holder.NetworkSettings.Networks?.[name]?.IPAddress === wanted) return `address ${wanted}`;
  }
  return undefined;
}
