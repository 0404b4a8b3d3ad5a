/** The kernel's own word on routes, for as long as somebody asks: namespaces are opened when first asked about, and closed together. */
import { openRtnetlink, type Rtnetlink } from '../../probes/netlink/socket.ts';
import { askMatchingRoute, askRoute, canAskRoute } from '../../probes/route-get.ts';
import { openSame } from '../discover/open-same.ts';
import { readRouting } from '../discover/read-routing.ts';
import type { Namespace } from '../model/namespace.ts';
import { findNamespace, type Snapshot } from '../model/snapshot.ts';
import { compute, isFixed, judgeKernel } from '../path/route/kernel-answer.ts';
import type { AskKernel } from '../path/route/query.ts';
import type { NamespaceHandle, System } from '../system/system.ts';

type Open = {
  readonly handle: NamespaceHandle;
  readonly rtnetlink: Rtnetlink;
  readonly namespace: Namespace;
};

/** Whether what decides over routes is read anew, or taken from the snapshot where it was read for this very question. */
export type Tables = 'read' | 'current';

/**
 * `ask` answers undefined where the kernel cannot be asked: the namespace is gone or closed to us, or the question leaves
 * out what decides. `current` gives the snapshot of the day, whose links must be known. The caller closes.
 */
export function askRoutes(
  system: System,
  current: () => Snapshot,
  tables: Tables = 'read',
): { readonly ask: AskKernel; readonly close: () => void } {
  const opened = new Map<string, Open | undefined>();
  const open = (id: string): Open | undefined => {
    if (!opened.has(id)) opened.set(id, openNamespace(system, findNamespace(current(), id), tables));
    return opened.get(id);
  };
  return {
    ask: (id, query) => {
      const found = open(id);
      if (!found || !canAskRoute(query)) return undefined;
      const { rtnetlink, namespace } = found;
      if (!isFixed(namespace, query)) return undefined;
      const ifindexOf = (name: string | undefined) =>
        namespace.links?.find((link) => link.name === name)?.ifindex;
      const [inIfindex, outIfindex] = [ifindexOf(query.inLink), ifindexOf(query.outLink)];
      const isMissing = (name: string | undefined, ifindex: number | undefined) =>
        name !== undefined && ifindex === undefined;
      if (isMissing(query.inLink, inIfindex) || isMissing(query.outLink, outIfindex)) return undefined;
      const links = {
        ...(inIfindex === undefined ? {} : { inIfindex }),
        ...(outIfindex === undefined || inIfindex !== undefined ? {} : { outIfindex }),
      };
      const computed = compute(namespace, query);
      try {
        const kernel = askRoute(rtnetlink, query, links);
        // What was computed names the route already; where it could not be, the kernel does.
        const route =
          computed.kind === 'unknown' && kernel.kind === 'found'
            ? askMatchingRoute(rtnetlink, query, links)
            : undefined;
        return judgeKernel(
          namespace,
          query,
          computed,
          route && kernel.kind === 'found' ? { ...kernel, route } : kernel,
        );
      } catch {
        return undefined;
      }
    },
    close: () => {
      for (const one of opened.values()) {
        one?.rtnetlink.close();
        one?.handle.close();
      }
      opened.clear();
    },
  };
}

/** What decides over routes is read beside, to say why the kernel refuses. undefined: it cannot be read, for whatever reason. */
function openNamespace(system: System, namespace: Namespace | undefined, tables: Tables): Open | undefined {
  if (!namespace?.links) return undefined;
  let handle: NamespaceHandle | undefined;
  let rtnetlink: Rtnetlink | undefined;
  try {
    handle = openSame(system, namespace);
    rtnetlink = openRtnetlink(handle);
    const isRead = tables === 'current' && hasRouting(namespace);
    const read = isRead ? namespace : { ...namespace, ...readRouting(handle, rtnetlink) };
    return { handle, rtnetlink, namespace: read };
  } catch {
    rtnetlink?.close();
    handle?.close();
    return undefined;
  }
}

function hasRouting({ addresses, routes, policyRules, neighbours, sysctls }: Namespace): boolean {
  return [addresses, routes, policyRules, neighbours, sysctls].every((table) => table !== undefined);
}
