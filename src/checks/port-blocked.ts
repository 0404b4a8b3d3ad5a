/** A check for one way in which a bridge port keeps frames back. */
import type { Fault } from '../path/walk/fault.ts';
import { type Check, defineCheck, findFault } from './check.ts';
import { commandIn } from './shell.ts';

export type Blocked = Extract<Fault, { kind: 'port-blocked' }>;

export type PortCheck = {
  readonly id: string;
  readonly title: string;
  readonly more: string;
  readonly how: Blocked['how'];
  /** What the port shows, in the words of `bridge -d link`. */
  readonly shows: (fault: Blocked) => string;
  readonly fix: (fault: Blocked) => readonly string[];
};

export function portCheck({ id, title, more, how, shows, fix }: PortCheck): Check {
  return defineCheck({
    id,
    title,
    needs: ['links'],
    evaluate: (context) => {
      const fault = findFault(context, 'port-blocked', (one) => one.how === how);
      return (
        fault && {
          // The kernel reports the port's own switch, and asks it for every frame.
          confidence: 'proven',
          namespace: fault.namespace.name,
          subject: fault.port.name,
          evidence: [
            {
              source: commandIn(fault.namespace, 'bridge', '-d', 'link', 'show', 'dev', fault.port.name),
              value: `master ${fault.bridge.name}, ${shows(fault)}`,
            },
          ],
          fix: fix(fault),
          more,
        }
      );
    },
  });
}

/** The command that changes one setting of the port. */
export function setPort({ namespace, port }: Blocked, setting: string, value: string): string {
  return commandIn(namespace, 'bridge', 'link', 'set', 'dev', port.name, setting, value);
}

/** The port's settings as a bridge's, where they were read. */
export function stateOf({ port: { port } }: Blocked): string {
  return port?.kind === 'bridge' ? (port.state ?? 'unknown') : 'unknown';
}
