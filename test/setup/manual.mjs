// The manual page, made of what the help is made of: man(7) macros, which man-db and mandoc both read.

const FILES = [
  ['docker-compose.yml', 'The stack that is kept. Its folder is the home, and so are all others here.'],
  ['refreshd.env', 'The settings.'],
  ['.env', 'Secrets of the stack. Compose reads them, refreshd never does.'],
  ['logs/update.log', 'What happened. This is always the current file.'],
  ['state/', 'What is under way, what was refused, and what is pinned.'],
];

/**
 * @param program commander's program, with all its commands
 * @param settings the text of refreshd.env.example
 * @returns the text of man/refreshd.1
 */
export function renderManual(program, version, settings) {
  const help = program.createHelp();
  const { examples, codes } = afterHelp(program);
  return [
    `.TH REFRESHD 1 "" "refreshd ${version}" "General Commands Manual"`,
    // Addresses are long words, and lines around them cannot be made as long as the others.
    '.ad l',
    '.nh',
    '.SH NAME',
    'refreshd \\- keeps Docker containers on the newest image of their tag',
    '.SH SYNOPSIS',
    '.B refreshd',
    '.RI [ options ]',
    '.RI [ command ]',
    '.SH DESCRIPTION',
    ...prose(program.description()),
    '.PP',
    'Without a command it is the daemon.',
    '.SH OPTIONS',
    ...help.visibleOptions(program).flatMap(each => entry('B', each.flags, sentence(each.description))),
    '.SH COMMANDS',
    'Each takes the options above as well.',
    ...help.visibleCommands(program).flatMap(command => section(command, help)),
    '.SH SETTINGS',
    'In refreshd.env, or in the environment, which goes first.',
    ...groupsOf(settings).flatMap(group),
    '.SH FILES',
    ...FILES.flatMap(([path, what]) => entry('I', path, what)),
    '.SH EXIT STATUS',
    ...codes.flatMap(([code, meaning]) => entry('B', code, sentence(meaning))),
    '.SH EXAMPLES',
    ...literally(examples),
    '.SH SEE ALSO',
    '.BR docker (1),',
    '.BR crontab (5),',
    '.BR systemctl (1)',
    '',
  ].join('\n');
}

function section(command, help) {
  const usage = command.usage().replace(/^\[options\] ?/, '');
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help');
  return [
    `.SS ${text(`refreshd ${command.name()} ${usage}`.trim())}`,
    ...prose(sentence(command.description())),
    ...help.visibleArguments(command).flatMap(argument => {
      const choices = argument.argChoices === undefined ? '' : `: ${argument.argChoices.join(', ')}`;
      return entry('I', argument.name(), sentence(`${argument.description}${choices}`));
    }),
    ...options.flatMap(each => entry('B', each.flags, sentence(each.description))),
    '.PP',
    ...literally(afterHelp(command).examples),
  ];
}

/** What is printed after a command's help: its examples and, of the whole program, the exit codes. */
function afterHelp(command) {
  let said = '';
  command.emit('afterHelp', { error: false, command, write: words => (said += words) });
  const [, examples = ''] = /Examples:\n([\s\S]*?)(?:\n\n|\n*$)/.exec(said) ?? [];
  const [, codes = ''] = /Exit codes: ([\s\S]*?)\.\s*$/.exec(said) ?? [];
  return {
    examples: examples.split('\n').map(line => line.replace(/^ {2}\$ /, '')),
    codes: [...codes.replaceAll('\n', ' ').matchAll(/(\d+) ([^,]+)/g)].map(([, code, meaning]) => [
      code,
      meaning,
    ]),
  };
}

/** The settings of refreshd.env.example, with the comment that is above them; its head is about the file. */
function groupsOf(example) {
  const [, ...paragraphs] = example.trim().split('\n\n');
  const groups = [];
  for (const line of paragraphs.flatMap(each => each.split('\n'))) {
    const isSetting = line.startsWith('#REFRESHD_');
    const last = groups.at(-1);
    if (!isSetting && (last === undefined || last.settings.length > 0))
      groups.push({ comment: [line.slice(2)], settings: [] });
    else if (isSetting) last.settings.push(line.slice(1));
    else last.comment.push(line.slice(2));
  }
  return groups;
}

function group({ comment, settings: [first, ...more] }) {
  const others = more.flatMap(each => ['.TQ', `.B ${text(each)}`]);
  return ['.TP', `.B ${text(first)}`, ...others, ...prose(comment.join(' '))];
}

function entry(font, term, meaning) {
  return ['.TP', `.${font} ${text(term)}`, ...prose(meaning)];
}

function literally(lines) {
  return ['.RS 4', '.nf', ...lines.map(text), '.fi', '.RE'];
}

function sentence(words) {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.…]$/.test(words) ? '' : '.'}`;
}

/** Words as roff takes them literally, whatever they are (groff_char(7)). */
function text(words) {
  return words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga')
    .replaceAll('^', '\\(ha')
    .replaceAll('~', '\\(ti')
    .replace(
      /[^\0-\x7f]/gu,
      each => `\\[u${each.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/^(?=\.)/, '\\&');
}

/** A paragraph, in lines that fit a page of source. */
function prose(words) {
  return (text(words).match(/.{1,79}(?: |$)|\S+/g) ?? []).map(line => line.trim().replace(/^(?=\.)/, '\\&'));
}
