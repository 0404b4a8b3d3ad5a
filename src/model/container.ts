/** Containers and networks as an engine describes them. Labels on what the kernel shows, never a replacement for it. */

export type PublishedPort = {
  readonly protocol: string;
  readonly containerPort: number;
  readonly hostAddress: string;
  readonly hostPort: number;
};

/** One container's place on one Docker network. */
export type Endpoint = {
  readonly network: string;
  readonly networkId: string;
  readonly mac: string;
  /** CIDR texts, such as `172.17.0.2/16`. */
  readonly addresses: readonly string[];
  readonly gateway?: string;
  /** Names by which others on the network find it, aliases among them, as far as the engine says. */
  readonly names?: readonly string[];
};

export type Container = {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** running, paused, exited, created, restarting, dead. */
  readonly state: string;
  /** The pid as the engine sees it; 0 when the container does not run. */
  readonly pid: number;
  /** Where the engine keeps the container's resolv.conf; absent where it does not say. */
  readonly resolvConfPath?: string;
  /** Servers that it was given with `--dns`; absent where the engine does not say. */
  readonly dns?: readonly string[];
  readonly compose?: { readonly project: string; readonly service: string };
  /** `bridge`, `host`, `none`, `container:<id>`, or a network's name. */
  readonly networkMode: string;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly PublishedPort[];
};

export type DockerNetwork = {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly internal: boolean;
  /** The bridge that carries it, for the bridge driver. */
  readonly bridge?: string;
  readonly subnets: readonly string[];
  readonly gateways: readonly string[];
  readonly options: Readonly<Record<string, string>>;
};

export type Engine = {
  /** `Docker` or `Podman`. */
  readonly name: string;
  readonly version: string;
  /** Where it was reached, such as `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
};
