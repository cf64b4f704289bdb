import { formatDuration } from '../../base/duration.ts';
import { formatLocalTime } from '../../base/local-time.ts';
import { type Check, ok, type Place, warn } from './check.ts';

/** Further off, due times and ages are wrong by what people notice, and soon certificates are. In milliseconds. */
const TOLERANCE = 5 * 60_000;

/** The zone, and the time by somebody else's clock: that of registries, or an engine's. */
export const clock: Check = {
  what: 'clock',
  look: async place => {
    const zone = (await orNothing(place.settings()))?.REFRESHD_TIMEZONE;
    const own = Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined;
    if (zone === undefined && (own === undefined || own === 'Etc/Unknown'))
      return warn(
        'this machine’s time zone is not understood, so that UTC is used',
        'Set REFRESHD_TIMEZONE to a zone such as Europe/Berlin, or correct TZ.',
      );
    const words = `${formatLocalTime(Date.now(), zone)}, ${zone === undefined ? `${own}, which is this machine’s zone` : `${zone}, as REFRESHD_TIMEZONE says`}`;
    const other = await anotherClock(place);
    if (other === undefined) return ok(`${words}; nobody could be asked whether that is so`);
    if (Math.abs(other.ahead) <= TOLERANCE) return ok(`${words}, as ${other.whose} says too`);
    return warn(
      `${words}; ${other.whose} is ${formatDuration(Math.abs(other.ahead))} ${other.ahead > 0 ? 'ahead' : 'behind'}`,
      'Set the clock that is wrong: on this machine, see timedatectl. Runs begin by it, and certificates are judged by it.',
    );
  },
};

/** Of several clocks the one that is most like ours: where ours is wrong, none is. */
async function anotherClock(
  place: Place,
): Promise<{ readonly whose: string; readonly ahead: number } | undefined> {
  await orNothing(place.registries());
  const clocks = [...place.registryClocks()].map(([whose, ahead]) => ({ whose, ahead }));
  const engine = (await orNothing(place.engine()))?.clockAhead;
  const all =
    clocks.length > 0 || engine === undefined ? clocks : [{ whose: 'the engine’s machine', ahead: engine }];
  return all.toSorted((a, b) => Math.abs(a.ahead) - Math.abs(b.ahead))[0];
}

/** What is wrong with it is said by another check. */
function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch(() => undefined);
}
