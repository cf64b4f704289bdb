/** A value within double quotes in a unit file: `\` and `"` for the quotes, `%` for the specifiers (systemd.unit(5)). */
export function inQuotes(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%');
}

/** The same on a command line, where `$` stands for the environment too (systemd.service(5)). */
export function inCommand(text: string): string {
  return inQuotes(text).replaceAll('$', '$$$$');
}
