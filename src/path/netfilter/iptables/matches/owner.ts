/**
 * `-m owner`: who sent the packet (owner_mt() in xt_owner.c). A packet that no socket of this namespace has sent, such as
 * a forwarded one, matches only where every option is negated.
 */
import type { Match } from '../../../../model/firewall.ts';
import { type Ternary, ternary } from '../../../ternary.ts';
import { both } from '../../conditions/logic.ts';
import type { Packet } from '../../packet.ts';
import type { ModuleTest } from '../compile-module.ts';

export const owner: ModuleTest = (options, { repeated }) => {
  const withoutSocket = ternary(options.every(({ negated }) => negated));
  return ({ sender }) => {
    if (!sender) return repeated ? 'unknown' : withoutSocket;
    return options.reduce(
      (result: Ternary, match) => (result === 'no' ? result : both(result, holds(match, sender))),
      'yes',
    );
  };
};

type Sender = NonNullable<Packet['sender']>;

function holds({ option, values: [value = ''], negated }: Match, { uid, gid }: Sender): Ternary {
  // Where the user is known, there is a socket; otherwise the kernel itself may have sent it.
  if (option === 'socket-exists') return uid === undefined ? 'unknown' : ternary(!negated);
  const id = option === 'uid-owner' ? uid : option === 'gid-owner' ? gid : undefined;
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(value) ?? [];
  if (id === undefined || first === undefined) return 'unknown';
  return ternary((Number(first) <= id && id <= Number(last)) !== negated);
}
