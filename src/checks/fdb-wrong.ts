/** `fdb-wrong`: the bridge has the MAC behind another port than its owner is, or a port takes or gets only known MACs. */

import type { Fault } from '../path/walk/fault.ts';
import { nameOf } from '../path/walk/say.ts';
import { type CauseDetails, defineCheck, findFault } from './check.ts';
import { type Blocked, setPort } from './port-blocked.ts';
import { commandIn } from './shell.ts';

const MORE =
  'The FDB says behind which port a bridge has which MAC. It learns that from the frames it sees; what was written by hand (static, sticky, permanent) it keeps, and on a port that is locked, or has learning or flood off, frames of unknown MACs end. Then links, addresses and firewall are all healthy and ARP stays INCOMPLETE on both sides. bridge fdb show br BRIDGE lists the entries.';

export const fdbWrong = defineCheck({
  id: 'fdb-wrong',
  title: 'The bridge does not have the MAC behind the right port',
  needs: ['fdb', 'links'],
  evaluate: (context) => {
    const wrong = findFault(context, 'fdb-wrong');
    if (wrong) return wrongEntry(wrong);
    const blocked = findFault(context, 'port-blocked', ({ how }) => how === 'locked' || how === 'flood');
    return blocked && unlearned(blocked);
  },
});

function wrongEntry({
  namespace,
  bridge,
  entry,
  owner,
}: Extract<Fault, { kind: 'fdb-wrong' }>): CauseDetails {
  const port = namespace.links?.find(({ ifindex }) => ifindex === entry.ifindex)?.name ?? `${entry.ifindex}`;
  const flags = [entry.state, ...entry.flags.filter((flag) => flag !== 'master')].join(' ');
  return {
    // The bridge looks the MAC up in this very table.
    confidence: 'proven',
    namespace: namespace.name,
    subject: `${entry.mac} in ${bridge.name}`,
    evidence: [
      {
        source: commandIn(namespace, 'bridge', 'fdb', 'show', 'br', bridge.name),
        value: `${entry.mac} dev ${port} ${flags}`,
      },
      {
        source: commandIn(owner.namespace, 'ip', 'link', 'show', 'dev', owner.link.name),
        value: `${owner.link.mac}, of ${nameOf(owner)}`,
      },
    ],
    fix: [commandIn(namespace, 'bridge', 'fdb', 'del', entry.mac, 'dev', port, 'master')],
    more: MORE,
  };
}

function unlearned(fault: Blocked): CauseDetails {
  const { namespace, bridge, port, how } = fault;
  return {
    confidence: 'proven',
    namespace: namespace.name,
    subject: port.name,
    evidence: [
      {
        source: commandIn(namespace, 'bridge', '-d', 'link', 'show', 'dev', port.name),
        value: how === 'locked' ? 'locked on' : 'flood off',
      },
      {
        source: commandIn(namespace, 'bridge', 'fdb', 'show', 'br', bridge.name),
        value: `no entry for the MAC behind ${port.name}`,
      },
    ],
    fix: [how === 'locked' ? setPort(fault, 'locked', 'off') : setPort(fault, 'flood', 'on')],
    more: MORE,
  };
}
