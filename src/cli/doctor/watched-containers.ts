import { bad, type Check, ok, warn } from './check.ts';
import { engineReachable } from './engine-reachable.ts';
import { homeFolder } from './home-folder.ts';
import { settingsFile } from './settings-file.ts';

export const watchedContainers: Check = {
  what: 'watched containers',
  needs: [homeFolder, settingsFile, engineReachable],
  look: async ({ survey, settings }) => {
    const all = await survey();
    if (all.length === 0) {
      const { REFRESHD_WATCH: watch } = await settings();
      const remedy =
        watch === 'stack'
          ? 'Start the stack of this home (refreshd up), or label containers refreshd.enable=true.'
          : 'Start what is to be watched, or label it refreshd.enable=true.';
      return warn(`none (REFRESHD_WATCH=${watch})`, remedy);
    }
    const gone = all.filter(({ image }) => image === undefined).map(({ name }) => name);
    if (gone.length > 0)
      return bad(
        `the image of ${gone.join(', ')} was removed from the host, so that nobody can go back to it`,
        'Make the container anew by hand: docker compose up -d, or docker run.',
      );
    const skipped = all.flatMap(({ name, selection }) =>
      selection.kind === 'skipped' ? [`${name} is left alone: ${selection.reason}`] : [],
    );
    return ok([all.map(({ name }) => name).join(', '), ...skipped].join('; '));
  },
};
