/** Where names are looked up (resolv.conf(5)), as the processes of a namespace are told it. */

/** A server that an engine's embedded one asks in turn. */
export type Upstream = {
  readonly address: string;
  /** Reached from the host's namespace, not from the container's. */
  readonly fromHost: boolean;
};

/** One resolv.conf and whose it is. */
export type ResolverSettings = {
  readonly path: string;
  /** The name of the container that is told this; absent where it is the namespace's own. */
  readonly container?: string;
  /**
   * Whose file it is: as a process in the namespace sees it, the engine's copy of it for its container, that of the
   * namespace's name (ip-netns(8)), or the host's own.
   */
  readonly source: 'process' | 'engine' | 'netns' | 'host';
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
  /** The nameserver is Docker's own, 127.0.0.11 in the container's namespace. */
  readonly embedded: boolean;
  /** Whom the embedded server asks; absent where nothing says it. */
  readonly upstreams?: readonly Upstream[];
  /**
   * Where the file does not name them (engines before 24): what they follow from. `container` is its own `--dns`, as
   * the engine says. The others are conclusions from what stands there now: the daemon's `--dns`, the host's
   * resolv.conf, and the engine's own default where that names none.
   */
  readonly upstreamsFrom?: 'container' | 'daemon' | 'host' | 'default';
};

/** The settings of a namespace's first container, or its own, and beside them those of every further container in it. */
export type Resolver = ResolverSettings & {
  /** Absent where it is not known whether there are others, as in the files of older versions. */
  readonly others?: readonly ResolverSettings[];
};
