import { formatDuration } from '../base/duration.ts';
import { formatLocalTime } from '../base/local-time.ts';

/** What tells how long a name has offered nothing new. Times in milliseconds since 1970. */
export interface NewsEvidence {
  readonly now: number;
  /** After how long that is pointed out, in milliseconds; 0 is never. */
  readonly after: number;
  /** When we first, and last, saw a digest that was new. */
  readonly news: { readonly first: number; readonly last: number } | undefined;
  /** When the image was made, by its own word. */
  readonly created: string | undefined;
}

/** Before Docker nobody made images: reproducible builds say 1970, 1980, or nothing. */
const FIRST_IMAGES = Date.UTC(2013, 0);

/**
 * A sentence where an image has had no successor for a long time; undefined where that is not known. What we saw
 * ourselves goes first; the image's own date counts where we have seen no other image under that name yet.
 */
export function staleWords({ now, after, news, created }: NewsEvidence): string | undefined {
  if (after === 0 || news === undefined) return undefined;
  if (now - news.last >= after) return sentence(now - news.last, `first seen here on ${dayOf(news.last)}`);
  const made = Date.parse(created ?? '');
  const isPlausible = made >= FIRST_IMAGES && made <= now && news.first === news.last;
  if (!isPlausible || now - made < after) return undefined;
  return sentence(now - made, `made on ${dayOf(made)} by its own word`);
}

function sentence(age: number, evidence: string): string {
  return `There has been no new image for ${formatDuration(age)} (${evidence}). It may be abandoned: look whether it goes on elsewhere`;
}

function dayOf(moment: number): string {
  return formatLocalTime(moment).slice(0, 10);
}
