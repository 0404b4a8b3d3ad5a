// The program is built in parts, each bundled by itself: what two parts share would otherwise be cut into many small
// files, and every file costs a quick command. An import of another part stays an import of its file in dist/.
const PARTS = { './netpeek.ts': './netpeek.js', './tui-screen.tsx': './tui.js' };

export const partsPlugin = {
  name: 'parts',
  setup(build) {
    build.onResolve({ filter: /^\.\/(netpeek\.ts|tui-screen\.tsx)$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: PARTS[path], external: true } : undefined,
    );
  },
};
