/**
 * Random wirings, built with `ip` and kept in a model at the same time: namespaces, veth pairs with chosen ifindexes
 * that collide nearly everywhere, bridges, moves, deletions. The same seed gives the same commands.
 */

/** One link of the model. Its ifindex is the wanted one, or undefined where a move left the choice to the kernel. */
export type ModelLink = {
  name: string;
  namespace: string;
  ifindex: number | undefined;
  readonly kind: 'veth' | 'bridge';
  readonly mac: string;
  /** The other end of a veth. */
  peer?: ModelLink;
  master?: ModelLink;
};

/** A world that a seed builds up, and the commands that build the same in a kernel. */
export type World = {
  readonly namespaces: ReadonlySet<string>;
  readonly links: ReadonlySet<ModelLink>;
  /** Some thirty to ninety more changes; the shell lines that make them. */
  readonly change: () => string;
};

/** Few ifindexes and few names beside many links. Below 2 is `lo`. */
const IFINDEXES = 24;
const NAMES = 12;
const HOST = 'host';

export function randomWorld(seed: number): World {
  const below = randomBelow(seed);
  const namespaces = new Set([HOST]);
  const links = new Set<ModelLink>();
  const lines: string[] = [];
  let made = 0;

  const pick = <T>(from: Iterable<T>): T | undefined => {
    const all = [...from];
    return all[below(all.length)];
  };
  const linksIn = (namespace: string) => [...links].filter((link) => link.namespace === namespace);
  const freeName = (namespace: string): string => {
    const taken = new Set(linksIn(namespace).map(({ name }) => name));
    let number = below(NAMES);
    while (taken.has(`v${number}`)) number += 1;
    return `v${number}`;
  };
  /** A free number; undefined where the kernel chose one that the model does not know yet, which it might be. */
  const freeIfindex = (namespace: string): number | undefined => {
    const taken = new Set(linksIn(namespace).map(({ ifindex }) => ifindex));
    if (taken.has(undefined)) return undefined;
    let ifindex = 2 + below(IFINDEXES);
    while (taken.has(ifindex)) ifindex += 1;
    return ifindex;
  };
  const ip = (namespace: string, command: string) => {
    lines.push(`ip ${namespace === HOST ? '' : `-n ${namespace} `}${command}`);
  };
  const addLink = (kind: ModelLink['kind'], namespace: string): ModelLink => {
    made += 1;
    const tail = [made >> 8, made & 255].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
    const link: ModelLink = {
      name: freeName(namespace),
      namespace,
      ifindex: freeIfindex(namespace),
      kind,
      mac: `02:00:00:00:${tail}`,
    };
    links.add(link);
    return link;
  };
  const forget = (link: ModelLink) => {
    links.delete(link);
    for (const other of links) if (other.master === link) delete other.master;
  };

  const addNamespace = () => {
    made += 1;
    const name = `ns${made}`;
    namespaces.add(name);
    lines.push(`ip netns add ${name}`);
  };
  const addPair = () => {
    const [one, two] = [pick(namespaces) ?? HOST, pick(namespaces) ?? HOST];
    // The command's own namespace is the host's, so that an end there needs no word; it comes first.
    const near = addLink('veth', two === HOST ? two : one);
    const far = addLink('veth', two === HOST ? one : two);
    near.peer = far;
    far.peer = near;
    const words = ({ name, ifindex, mac, namespace }: ModelLink) =>
      [
        `name ${name} address ${mac}`,
        ...(ifindex === undefined ? [] : [`index ${ifindex}`]),
        ...(namespace === HOST ? [] : [`netns ${namespace}`]),
      ].join(' ');
    ip(HOST, `link add ${words(near)} type veth peer ${words(far)}`);
  };
  const addBridge = () => {
    const { name, ifindex, mac, namespace } = addLink('bridge', pick(namespaces) ?? HOST);
    const index = ifindex === undefined ? '' : `index ${ifindex}`;
    ip(namespace, `link add ${name} ${index} address ${mac} type bridge`);
  };
  const enslave = () => {
    const bridge = pick([...links].filter(({ kind }) => kind === 'bridge'));
    const port = bridge && pick(linksIn(bridge.namespace).filter(({ kind }) => kind === 'veth'));
    if (!port) return;
    port.master = bridge;
    ip(port.namespace, `link set ${port.name} master ${bridge.name}`);
  };
  const release = () => {
    const port = pick([...links].filter(({ master }) => master));
    if (!port) return;
    delete port.master;
    ip(port.namespace, `link set ${port.name} nomaster`);
  };
  const move = () => {
    const link = pick([...links].filter(({ kind }) => kind === 'veth'));
    const target = pick([...namespaces].filter((one) => one !== link?.namespace));
    if (!link || !target) return;
    const there = linksIn(target);
    const name = there.some((other) => other.name === link.name) ? freeName(target) : link.name;
    // `netns 1` is the namespace of the lab's process 1, which is the host's.
    ip(link.namespace, `link set ${link.name} netns ${target === HOST ? '1' : target} name ${name}`);
    // The number is kept where it is free (dev_change_net_namespace in net/core/dev.c).
    const known = there.every(({ ifindex }) => ifindex !== undefined && ifindex !== link.ifindex);
    Object.assign(link, { name, namespace: target, ifindex: known ? link.ifindex : undefined });
    delete link.master;
  };
  const rename = () => {
    const link = pick(links);
    if (!link) return;
    const name = freeName(link.namespace);
    ip(link.namespace, `link set ${link.name} name ${name}`);
    link.name = name;
  };
  const removeLink = () => {
    const link = pick(links);
    if (!link) return;
    ip(link.namespace, `link del ${link.name}`);
    forget(link);
    if (link.peer) forget(link.peer);
  };
  const removeNamespace = () => {
    const name = pick([...namespaces].filter((one) => one !== HOST));
    if (!name || namespaces.size <= 4) return;
    namespaces.delete(name);
    for (const link of linksIn(name)) {
      forget(link);
      if (link.peer) forget(link.peer);
    }
    lines.push(`ip netns del ${name}`);
  };

  const change = () => {
    lines.length = 0;
    while (namespaces.size < 4 + below(6)) addNamespace();
    times(8 + below(16), addPair);
    times(1 + below(3), addBridge);
    times(4 + below(10), enslave);
    times(5 + below(25), () => [move, move, move, rename, release, enslave, removeLink][below(7)]?.());
    // Last, for the kernel takes a namespace and the links in it apart in its own time.
    times(below(2), removeNamespace);
    return lines.join('\n');
  };
  return { namespaces, links, change };
}

function times(count: number, action: () => void): void {
  for (let done = 0; done < count; done += 1) action();
}

/** Whole numbers from 0 on, below a limit: a linear congruential generator, the same for the same seed. */
function randomBelow(seed: number): (limit: number) => number {
  let state = seed >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
