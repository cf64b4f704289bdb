import cron from 'node-cron';

/** When runs are due. */
export interface Schedule {
  /** Five fields, as in crontab(5). */
  readonly expression: string;
  /** An IANA zone; the machine's own if undefined. */
  readonly zone: string | undefined;
}

/** Why an expression cannot be used; undefined if it can. */
export function scheduleProblem(expression: string): string | undefined {
  if (expression.trim().split(/\s+/).length !== 5) {
    return 'five fields are needed: minute, hour, day of month, month, day of week (0 3 * * 0 is Sunday 03:00)';
  }
  const { valid, errors } = cron.validateDetailed(expression);
  return valid ? undefined : (errors[0]?.message ?? 'it is not understood');
}

/** The next times that a schedule falls due after now, in milliseconds since 1970, soonest first. */
export function nextDueTimes({ expression, zone }: Schedule, count: number): readonly number[] {
  const task = cron.createTask(expression, () => undefined, zone === undefined ? {} : { timezone: zone });
  try {
    return task.getNextRuns(count).map(date => date.getTime());
  } finally {
    void task.destroy();
  }
}
