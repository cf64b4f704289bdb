import { bestEffort } from '../journal/best-effort.ts';
import { wasTold } from '../journal/told-remarks.ts';
import type { Remark } from '../plan/remark.ts';
import type { ContainerReport } from './report.ts';
import type { RunTools } from './run-tools.ts';

/** By container name; those that were looked at, with nothing to say of most. */
export type Remarks = ReadonlyMap<string, readonly Remark[]>;

/** Logs what is new, and remembers what is so: what goes away and comes back is said again. */
export async function tellRemarks(
  { log, toldRemarks }: Pick<RunTools, 'log' | 'toldRemarks'>,
  remarks: Remarks,
): Promise<void> {
  if (remarks.size === 0) return;
  await bestEffort(log, async () => {
    const { value: told } = await toldRemarks.recall();
    for (const [name, all] of remarks) {
      for (const { key, level, words } of all)
        if (!wasTold(told, name, key)) log[level](`${words}.`, { container: name });
    }
    const others = Object.entries(told).filter(([name]) => !remarks.has(name));
    const standing = [...remarks].flatMap(([name, all]) =>
      all.length === 0 ? [] : [[name, all.map(({ key }) => key)] as const],
    );
    const next = Object.fromEntries([...others, ...standing]);
    if (JSON.stringify(next) !== JSON.stringify(told)) await toldRemarks.remember(next);
  });
}

/** Reports with what is pointed out; what only says again why nothing is done is in their reason. */
export function withRemarks(
  reports: readonly ContainerReport[],
  remarks: Remarks,
): readonly ContainerReport[] {
  return reports.map(report => ({
    ...report,
    notes: (remarks.get(report.name) ?? []).filter(({ level }) => level === 'warn').map(({ words }) => words),
  }));
}
