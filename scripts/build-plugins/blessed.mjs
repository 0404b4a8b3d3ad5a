/**
 * Makes blessed-contrib's line chart bundle with esbuild. blessed requires its widgets by a computed name without an
 * extension, offers a terminal widget whose libraries (term.js, pty.js) are not there, and the canvas below the chart
 * uses `new Buffer`, about which Node warns on stderr as soon as it runs outside node_modules.
 */
import { readFile } from 'node:fs/promises';

const COMPUTED_REQUIRE = "require('./widgets/' + file)";
/** What the chart is made of; none of blessed's other widgets is bundled. */
const WIDGETS = ['Node', 'Screen', 'Element', 'Box'];

/** @type {import('esbuild').Plugin} */
export const blessedPlugin = {
  name: 'blessed',
  setup(build) {
    build.onLoad({ filter: /[\\/]blessed[\\/]lib[\\/]widget\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes(COMPUTED_REQUIRE)) return unexpected(path, COMPUTED_REQUIRE);
      const widgets = WIDGETS.map((name) => {
        const file = name.toLowerCase();
        return `exports.${name} = exports.${file} = require('./widgets/${file}');`;
      });
      return { contents: ['exports.classes = [];', ...widgets].join('\n'), loader: 'js' };
    });
    build.onLoad({ filter: /[\\/]drawille-blessed-contrib[\\/]index\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!source.includes('new Buffer(')) return unexpected(path, 'new Buffer(');
      return { contents: source.replaceAll('new Buffer(', 'Buffer.alloc('), loader: 'js' };
    });
    build.onResolve({ filter: /^(term\.js|pty\.js)$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    build.onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({
      contents: `throw new Error(${JSON.stringify(`${path} is not part of netpeek`)});`,
    }));
  },
};

/** A new release of blessed may need another way: say so instead of bundling something that fails when it runs. */
function unexpected(path, text) {
  return { errors: [{ text: `${path} has no ${text} any more: look at scripts/build-plugins/blessed.mjs` }] };
}
