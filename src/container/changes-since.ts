import { isDeepStrictEqual } from 'node:util';
import type { InspectedContainer } from './inspected.ts';

/** What decides how a container is made anew and whether it runs; what it does while it runs is left out. */
function essence(container: InspectedContainer): Readonly<Record<string, unknown>> {
  const { Name, State, HostConfig, NetworkSettings } = container;
  const networks = Object.entries(NetworkSettings.Networks ?? {}).map(([name, endpoint]) => [
    name,
    [endpoint['IPAMConfig'], endpoint['DriverOpts'], endpoint['Links']],
  ]);
  return {
    Name,
    'State.Running': State.Running,
    'State.Paused': State.Paused,
    ...Object.fromEntries(Object.entries(HostConfig).map(([key, value]) => [`HostConfig.${key}`, value])),
    Networks: Object.fromEntries(networks),
  };
}

/** The places, as `HostConfig.Memory`, in which a container was changed between two looks; never the values. */
export function changesSince(before: InspectedContainer, now: InspectedContainer): readonly string[] {
  const [then, later] = [essence(before), essence(now)];
  const places = new Set([...Object.keys(then), ...Object.keys(later)]);
  return [...places].filter(place => !isDeepStrictEqual(then[place], later[place]));
}
