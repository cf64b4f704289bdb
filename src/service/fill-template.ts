/** What goes into a template, by the names of its places. A place gets one value, several, or none. */
export type TemplateValues = Readonly<Record<string, readonly string[]>>;

const PLACE = /@([A-Z_]+)@/;

/**
 * Fills in a template of lines. A line with a place is there once for each of its values, and not at all where there
 * is none; a line has places that have one value each, or a single one.
 * @throws an Error for a place without values: that is a mistake in the template
 */
export function fillTemplate(template: string, values: TemplateValues): string {
  const linesFor = (line: string): readonly string[] => {
    const [place, name = ''] = PLACE.exec(line) ?? [];
    if (place === undefined) return [line];
    const own = values[name];
    if (own === undefined) throw new Error(`the template has a place that is not known: ${place}`);
    const [before = '', after = ''] = splitOnce(line, place);
    // What was filled in is not looked at again: a path may well look like a place.
    const rest = linesFor(after);
    return own.flatMap(value => rest.map(end => `${before}${value}${end}`));
  };
  return template.split('\n').flatMap(linesFor).join('\n');
}

function splitOnce(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at);
  return [text.slice(0, index), text.slice(index + at.length)];
}
