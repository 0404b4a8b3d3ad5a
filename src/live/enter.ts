/** Opening a namespace that the user named: failures in the user's words. */
import { openSame } from '../discover/open-same.ts';
import type { Namespace } from '../model/namespace.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { type NamespaceHandle, type System, SystemError } from '../system/system.ts';

/** A handle on the namespace; the caller closes. Throws `UserError` when it is gone or closed to us. */
export function enterNamespace(system: System, namespace: Namespace): NamespaceHandle {
  try {
    return openSame(system, namespace);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    if (error.code === 'EACCES' || error.code === 'EPERM')
      throw new UserError(
        EXIT.notPermitted,
        `not allowed to enter the namespace of ${namespace.name}`,
        'run as root',
      );
    throw new UserError(
      EXIT.noTarget,
      `the namespace of ${namespace.name} is gone`,
      "'netpeek ls' shows what is there now",
    );
  }
}
