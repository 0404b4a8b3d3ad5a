/** `bridge-down`: the bridge itself is down, and drops what its ports bring (br_handle_frame in net/bridge). */
import type { Namespace } from '../model/namespace.ts';
import { contains } from '../path/prefix.ts';
import type { Fault } from '../path/walk/fault.ts';
import { type CheckContext, defineCheck, findFault } from './check.ts';
import { downCause } from './down-cause.ts';
import { hostOf } from './unowned.ts';

export const bridgeDown = defineCheck({
  id: 'bridge-down',
  title: 'The bridge is set down',
  needs: ['links'],
  // The connected route goes with it, and another one leads the packet out into the world.
  silences: ['host-no-upstream', 'no-return-route', 'masq-missing', 'masq-mismatch'],
  evaluate: (context) => {
    const fault =
      findFault(context, 'link-down', ({ link }) => link.kind === 'bridge') ?? findLostSubnet(context);
    return (
      fault &&
      downCause(
        fault,
        'A bridge that is down forwards nothing, although its ports are up and look healthy, and the kernel takes the route to its subnet away: what is sent there goes out by the default route. Network managers of the host do this to bridges that they believe to be theirs; tell them to leave docker0 and br-* alone.',
      )
    );
  },
});

type LinkDown = Extract<Fault, { kind: 'link-down' }>;

/** A bridge of the host that is down and whose subnet the destination, or what it was translated to, lies in. */
function findLostSubnet({ snapshot, walk, flow, note }: CheckContext): LinkDown | undefined {
  const [first] = walk.faults;
  const host = snapshot.namespaces.find(({ kind }) => kind === 'host');
  if (!first || !host) return undefined;
  const ends = [flow.destination, ...walk.hops.map(({ rewrites }) => hostOf(rewrites?.destination ?? ''))];
  const link = ends.map((end) => downBridgeFor(host, end)).find((one) => one !== undefined);
  if (!link) return undefined;
  note?.(first);
  return { kind: 'link-down', namespace: host, link, direction: 'request' };
}

function downBridgeFor({ links = [] }: Namespace, address: string) {
  const isFor = (one: (typeof links)[number]) => one.addresses.some((own) => contains(own, address) === true);
  // Another link that is up may have the subnet as well.
  if (links.some((one) => one.adminUp && isFor(one))) return undefined;
  return links.find((one) => one.kind === 'bridge' && !one.adminUp && isFor(one));
}
