// Leaves out, or puts off, what packages would load but netpeek never or rarely calls. Listing containers through
// dockerode needs none of it, and it is most of dockerode's loading time.

// gRPC, protobuf, tar and ignore files serve image builds; ssh2 serves engines behind ssh, whose pids mean nothing
// here; the React devtools serve Ink's own developers.
const UNUSED =
  /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|tar-fs|@balena\/dockerignore|ssh2|cpu-features|react-devtools-core)$/;

// What docker-modem gets instead: Node's own streams for the package that was them once, no debug log, and TLS
// (which costs as much as all the rest) when it is first used.
const LIGHTER = {
  'readable-stream': "module.exports = require('node:stream');",
  debug: 'module.exports = () => () => {};',
  https: "module.exports = { request: (...words) => require('node:https').request(...words) };",
};

export const stubPlugin = {
  name: 'stubs',
  setup(build) {
    build.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
    build.onResolve({ filter: /^(readable-stream|debug|https)$/ }, ({ path, importer }) =>
      importer.includes('/docker-modem/') ? { path, namespace: 'lighter' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lighter' }, ({ path }) => ({ contents: LIGHTER[path] }));
  },
};
