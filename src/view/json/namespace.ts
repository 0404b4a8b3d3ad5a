/** Namespaces, links and containers as the JSON of `ls` and `snapshot` promises them (docs/json.md). */
import type { Container } from '../../model/container.ts';
import type { Link } from '../../model/link.ts';
import type { Namespace } from '../../model/namespace.ts';

/** One entry of `namespaces`, with its wiring but without its other tables. */
export function namespaceJson(namespace: Namespace): object {
  const { id, name, names, kind, pids, paths, nsids, containers, links } = namespace;
  const [creator] = containers;
  return {
    id,
    name,
    names,
    kind,
    pids,
    paths,
    ...(nsids ? { nsids } : {}),
    container: creator ? containerJson(creator) : null,
    containers: containers.map(containerJson),
    ...(links ? { links: links.map(linkJson) } : {}),
  };
}

function containerJson({ id, name, image, state, compose, networkMode, ports }: Container): object {
  return { id, name, image, state, ...(compose ? { compose } : {}), networkMode, ports };
}

/** One link. */
export function linkJson(link: Link): object {
  const {
    ifindex,
    name,
    kind,
    mac,
    mtu,
    operState,
    adminUp,
    carrier,
    noArp,
    addresses,
    peer,
    peerUnknown,
    parent,
    parentUnknown,
    master,
    network,
    details,
    port,
    xdp,
    promiscuity,
    group,
    txQueueLength,
    alias,
  } = link;
  return {
    ifindex,
    name,
    kind,
    mac,
    mtu,
    operState,
    adminUp,
    carrier,
    ...(noArp === undefined ? {} : { noArp }),
    addresses,
    peer,
    ...(peerUnknown === undefined ? {} : { peerUnknown }),
    ...(parent === undefined ? {} : { parent }),
    ...(parentUnknown === undefined ? {} : { parentUnknown }),
    master,
    network,
    ...(details === undefined ? {} : { details }),
    ...(port === undefined ? {} : { port }),
    ...(xdp === undefined ? {} : { xdp }),
    ...(promiscuity === undefined ? {} : { promiscuity }),
    ...(group === undefined ? {} : { group }),
    ...(txQueueLength === undefined ? {} : { txQueueLength }),
    ...(alias === undefined ? {} : { alias }),
    ...(link.stats ? { stats: link.stats } : {}),
  };
}
