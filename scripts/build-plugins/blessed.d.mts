import type { Plugin } from 'esbuild';

export const blessedPlugin: Plugin;
