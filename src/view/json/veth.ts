/** The JSON of `netpeek veth` (docs/json.md). The far end is called host link wherever it lives; `peerNamespace` says where. */
import type { VethPair } from '../veth-table.ts';

/** One entry of `veths`. What is not known is null. */
export function vethJson({ namespace, link, peerNamespace, peerLink }: VethPair): object {
  return {
    container: namespace.containers[0]?.name ?? null,
    namespace: namespace.name,
    namespaceId: namespace.id,
    link: link.name,
    ifindex: link.ifindex,
    hostLink: link.peer?.name ?? null,
    hostIfindex: link.peer?.ifindex ?? null,
    peerNamespace: peerNamespace?.name ?? null,
    peerNamespaceId: link.peer?.namespace ?? null,
    ...(link.peerUnknown === undefined ? {} : { peerUnknown: link.peerUnknown }),
    bridge: peerLink?.master?.name ?? null,
    network: link.network ?? peerLink?.network ?? null,
    addresses: link.addresses,
    mac: link.mac,
  };
}
