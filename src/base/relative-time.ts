import { formatDuration } from './duration.ts';

/** A moment seen from now: `3 h ago`, `in 5 d`, `now`. Milliseconds since 1970. */
export function formatRelative(moment: number, now: number): string {
  const distance = Math.abs(moment - now);
  if (distance < 1000) return 'now';
  return moment < now ? `${formatDuration(distance)} ago` : `in ${formatDuration(distance)}`;
}
