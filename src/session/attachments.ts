/** Names under /var/run/netns that the screen's user attached, and with `--attach` those of all containers. */
import { attach, detach, detachOwned, listAttached, ownerName, sweepAttached } from '../live/attach.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { UserError } from '../model/user-error.ts';
import type { Message } from '../store/messages.ts';
import type { System } from '../system/system.ts';

export type Attachments = {
  readonly attach: (namespace: Namespace) => void;
  readonly detach: (namespace: Namespace) => void;
  /** With `--attach`: attaches containers that came, detaches those that went. */
  readonly follow: (snapshot: Snapshot) => void;
  /** Ids of the namespaces that netpeek attached. */
  readonly names: () => readonly string[];
  readonly close: () => void;
};

/** Sweeps what an earlier, killed netpeek attached for its own lifetime. */
export function createAttachments(
  system: System,
  attachAll: boolean,
  post: (message: Message) => void,
): Attachments {
  const { files, host } = system;
  const owner = ownerName(files, host.pid);
  sweepAttached(files, (other) => ownerName(files, Number(other.split(':')[0])) === other);
  const attempt = (what: () => string) => {
    try {
      post({ kind: 'notice', level: 'info', text: what() });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      post({
        kind: 'notice',
        level: 'error',
        text: [error.message, error.advice].filter(Boolean).join(': '),
      });
    }
  };
  const own = () => listAttached(files).filter((note) => note.owner === owner);
  return {
    attach: (namespace) => attempt(() => `attached: ip netns exec ${attach(system, namespace).name} ip addr`),
    detach: (namespace) =>
      attempt(() => {
        const notes = listAttached(files).filter(({ inode }) => inode === namespace.id);
        for (const { name } of notes) detach(system, name);
        return notes.length > 0
          ? `detached ${notes.map(({ name }) => name).join(', ')}`
          : 'netpeek had attached nothing here';
      }),
    follow: (snapshot) => {
      if (!attachAll) return;
      const containers = snapshot.namespaces.filter(({ kind }) => kind === 'container');
      for (const { name, inode } of own())
        if (!containers.some(({ id }) => id === inode)) detach(system, name);
      const attached = new Set(listAttached(files).map(({ inode }) => inode));
      for (const namespace of containers)
        if (!attached.has(namespace.id))
          attempt(() => `attached ${attach(system, namespace, undefined, owner).name}`);
    },
    names: () => listAttached(files).map(({ inode }) => inode),
    close: () => detachOwned(files, owner),
  };
}
