import { build, installPackages } from './prepare.mjs';

await installPackages();
await build();
