/** The rooms of the program, what each may import, and why, as data. The first room that a path fits counts. */

export type Room = {
  /** Paths from the checkout's root that begin so belong to the room. */
  readonly path: string;
  /** What may be imported: beginnings of paths, package names, `node:*`. `type ` before one: its types alone. */
  readonly mayImport: readonly string[];
  /** Why nothing else may be. */
  readonly why: string;
};

/** Modules that reach the machine. Only the door, and what stands outside of it (main.ts), may have them. */
const outward = ['node:*', 'koffi', 'execa', 'dockerode'];
const replayed =
  'then a recorded system stands in for the machine, and any run can become a test or a bug report';

export const rooms: readonly Room[] = [
  {
    path: 'src/model/',
    mayImport: ['src/model/', 'ipaddr.js', 'string-width'],
    why: 'the model is the language that every other room speaks: it may depend on none of them',
  },
  {
    path: 'src/system/',
    mayImport: ['src/system/', 'src/model/', ...outward],
    why: 'the door to the outside knows the machine, not what is asked of it',
  },
  {
    path: 'probes/',
    mayImport: ['probes/', 'src/model/', 'type src/system/', 'src/system/system.ts', 'ipaddr.js'],
    why: `a probe reaches the machine through the System that it is given: ${replayed}`,
  },
  {
    path: 'src/discover/',
    mayImport: ['src/discover/', 'probes/', 'src/model/', 'type src/system/', 'src/system/system.ts'],
    why: `scanning reaches the machine through the System that it is given: ${replayed}`,
  },
  {
    path: 'src/path/',
    mayImport: ['src/path/', 'src/model/', 'ipaddr.js'],
    why: 'the walk of a flow reads one snapshot and nothing else, so that it gives the same answer from a file',
  },
  {
    path: 'src/checks/',
    mayImport: ['src/checks/', 'src/path/', 'src/model/', 'ipaddr.js'],
    why: 'a diagnosis reads one snapshot and nothing else, so that it gives the same answer from a file',
  },
  {
    path: 'src/view/',
    mayImport: [
      'src/view/',
      'src/model/',
      'ipaddr.js',
      'string-width',
      'fuzzysort',
      'blessed',
      'blessed-contrib',
      'node:stream',
      // createRequire alone: loads string-width when the first text needs it.
      'node:module',
    ],
    why: 'the view is pure, model in and text out: the command line and the terminal UI share it',
  },
  {
    path: 'src/keys/',
    mayImport: ['src/keys/', 'src/model/'],
    why: 'keys are data, read by the UI, the help and the documentation',
  },
  {
    path: 'src/store/',
    mayImport: ['src/store/', 'src/view/', 'src/keys/', 'src/model/', 'fuzzysort'],
    why: 'the state of the UI is a pure reducer: effects live in its session file alone',
  },
  {
    path: 'src/live/',
    mayImport: [
      'src/live/',
      'src/path/',
      'src/discover/',
      'src/view/',
      'src/version.ts',
      'src/model/',
      'probes/',
      'type src/system/',
      'src/system/system.ts',
    ],
    why: `proofs on the wire reach the machine through the System that they are given: ${replayed}`,
  },
  {
    path: 'src/lab/actor.ts',
    mayImport: ['node:net'],
    why: 'an actor is a small program of its own that lives inside a practice network',
  },
  {
    path: 'src/session/',
    mayImport: [
      'src/session/',
      'src/discover/',
      'src/live/',
      'src/path/',
      'src/checks/',
      'src/view/',
      'src/model/',
      'src/version.ts',
      'probes/',
      'type src/store/',
      'type src/system/',
      'src/system/system.ts',
    ],
    why: 'the session holds what the UI causes in the world, through the System, and draws nothing',
  },
  {
    path: 'src/lab/actor.ts',
    mayImport: ['node:net'],
    why: 'an actor of a practice network is a process of its own, with nothing of netpeek in it',
  },
  {
    path: 'src/lab/',
    mayImport: ['src/lab/', 'src/model/', 'probes/', 'type src/system/', 'src/system/system.ts'],
    why: 'a practice network is a scenario as data, and a builder that is given a System',
  },
  {
    path: 'src/commands/tui',
    mayImport: ['src/', 'probes/', 'components/', 'ink', 'react', 'node:worker_threads'],
    why: 'the UI is put together here; what reaches the machine stays behind the System',
  },
  {
    path: 'src/commands/',
    mayImport: ['src/', 'probes/', 'commander', 'smol-toml', '@viz-js/viz', 'node:worker_threads'],
    why: 'a command puts rooms together; components (and with them ink and react) load for the terminal UI alone',
  },
  {
    path: 'components/',
    mayImport: [
      'components/',
      'src/view/',
      'src/store/',
      'src/keys/',
      'src/model/',
      'ink',
      'react',
      'react/jsx-runtime',
      'fuzzysort',
    ],
    why: 'components draw what they are given: whatever reads or acts is the session’s, in another thread',
  },
  {
    path: 'src/session/',
    mayImport: ['src/', 'probes/', 'type src/system/'],
    why: `what stands behind the screen acts through the System that it is given: ${replayed}`,
  },
  { path: 'src/version.ts', mayImport: [], why: 'the version is one constant' },
  {
    path: 'src/netpeek.ts',
    mayImport: ['src/', 'node:url'],
    why: 'it puts argv, the machine and a command together, and does nothing itself',
  },
  {
    path: 'src/main.ts',
    mayImport: ['src/', 'commander', 'node:*'],
    why: 'the composition root draws nothing itself',
  },
];
