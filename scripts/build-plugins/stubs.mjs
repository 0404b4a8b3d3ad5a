// Leaves out, or puts off, what packages would load but netpeek never or rarely calls. Listing containers through
// dockerode needs none of it, and it is most of dockerode's loading time.

// gRPC, protobuf, tar and ignore files serve image builds; ssh2 serves engines behind ssh, whose pids mean nothing
// here; the React devtools serve Ink's own developers.
const UNUSED =
  /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|tar-fs|@balena\/dockerignore|ssh2|cpu-features|react-devtools-core)$/;

// Node's own modules that dockerode has for image builds alone; loading them costs 5 ms.
const FOR_BUILDS = /^(crypto|zlib)$/;

// What docker-modem gets instead: Node's own streams for the package that was them once, no debug log, and TLS
// (which costs as much as all the rest) when it is first used. For its debug log it has every request written out in
// full, agent and all (util.inspect), whether there is a log or not: 5 ms for a first request.
const LIGHTER = {
  util: "module.exports = { inherits: require('node:util').inherits, inspect: () => '' };",
  'readable-stream': "module.exports = require('node:stream');",
  debug: 'module.exports = () => () => {};',
  https: "module.exports = { request: (...words) => require('node:https').request(...words) };",
};

// What commander gets instead: child processes serve subcommands that are programs of their own, which netpeek has none
// of; and an import of node:process reads each of its properties, which opens standard input.
const FOR_COMMANDER = {
  'node:child_process': 'export default {};',
  'node:process': 'export default globalThis.process;',
};

export const stubPlugin = {
  name: 'stubs',
  setup(build) {
    build.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    build.onResolve({ filter: FOR_BUILDS }, ({ path, importer }) =>
      importer.includes('/dockerode/') ? { path, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
    build.onResolve({ filter: /^(readable-stream|debug|https|util)$/ }, ({ path, importer }) =>
      importer.includes('/docker-modem/') ? { path, namespace: 'lighter' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'lighter' }, ({ path }) => ({ contents: LIGHTER[path] }));
    build.onResolve({ filter: /^node:(child_process|process)$/ }, ({ path, importer }) =>
      importer.includes('/commander/') ? { path, namespace: 'for-commander' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'for-commander' }, ({ path }) => ({
      contents: FOR_COMMANDER[path],
    }));
  },
};
