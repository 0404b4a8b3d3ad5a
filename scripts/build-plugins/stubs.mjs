// Leaves out what dockerode and Ink would load but netpeek never calls: gRPC and protobuf serve image builds, ssh2
// serves engines behind ssh (whose pids mean nothing here), the React devtools serve Ink's own developers.
const UNUSED = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|ssh2|cpu-features|react-devtools-core)$/;

export const stubPlugin = {
  name: 'stubs',
  setup(build) {
    build.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};
