/** `macvlan-host-isolation`: a macvlan link and the link that it shares never hear each other (ip-link(8), macvlan). */
import { defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export const macvlanHostIsolation = defineCheck({
  id: 'macvlan-host-isolation',
  title: 'A macvlan and its own host never reach each other, by design',
  needs: ['links', 'addresses'],
  evaluate: (context) => {
    const fault = findFault(context, 'macvlan-isolated');
    if (!fault) return undefined;
    const { namespace, link, parent } = fault;
    return {
      // So is the driver built: what a macvlan sends is never handed up to its parent, nor the other way round.
      confidence: 'proven',
      namespace: namespace.name,
      subject: link.name,
      evidence: [
        {
          source: commandIn(namespace, 'ip', '-d', 'link', 'show', 'dev', link.name),
          value: `a macvlan on ${parent.name}`,
        },
      ],
      fix: [],
      more: 'This is by design: frames of a macvlan go straight to the wire of the link that it shares, and that link does not hear them; a switch does not send them back by the port they came from. Other machines are reached, and other macvlans on the same link. Where host and container must talk, give the host a macvlan of its own on that link, with a route to the container through it, or connect the container to a bridge network as well.',
      byDesign: true,
    };
  },
});
