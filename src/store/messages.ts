/**
 * What the drawing thread and the session behind it say to each other. The session (a worker thread) owns the
 * kernel, the engine and every child; the drawing thread owns the screen. Both sides are plain, cloneable data.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Section } from '../model/facts.ts';
import type { Gap } from '../model/gap.ts';
import type { MetRule } from '../model/met-rule.ts';
import type { Namespace } from '../model/namespace.ts';
import type { Snapshot } from '../model/snapshot.ts';

export type { Section };

/** From the screen to the session. Ids are chosen by the screen and come back in the answers. */
export type Request =
  /** The namespace that is looked at, and the sections its visible pane shows: kept fresh until the next focus. */
  | { readonly kind: 'focus'; readonly namespace: string; readonly sections: readonly Section[] }
  | {
      readonly kind: 'capture';
      readonly id: number;
      readonly namespace: string;
      /** Absent: every link of the namespace (`-i any`). */
      readonly link?: string;
      readonly filter: string;
    }
  | { readonly kind: 'stop-capture'; readonly id: number }
  | { readonly kind: 'diagnose'; readonly id: number; readonly namespace: string; readonly to?: string }
  | { readonly kind: 'attach'; readonly namespace: string }
  | { readonly kind: 'detach'; readonly namespace: string }
  | { readonly kind: 'save-snapshot' }
  | { readonly kind: 'rescan' }
  | { readonly kind: 'close' };

/** From the session to the screen. */
export type Message =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot; readonly attached: readonly string[] }
  /** Fresh facts of the focused namespace alone; `atMs` is the monotonic time of the reading. */
  | {
      readonly kind: 'namespace';
      readonly namespace: Namespace;
      readonly gaps: readonly Gap[];
      readonly atMs: number;
    }
  | { readonly kind: 'capture-started'; readonly id: number; readonly command: string }
  | { readonly kind: 'capture-lines'; readonly id: number; readonly lines: readonly string[] }
  /** Packets dropped so far, where the session can tell while the capture runs (tcpdump says so on SIGUSR1). */
  | { readonly kind: 'capture-stats'; readonly id: number; readonly dropped: number }
  | {
      readonly kind: 'capture-ended';
      readonly id: number;
      /** Packets the kernel dropped because the reader was slow, as tcpdump reports; absent when it did not say. */
      readonly dropped?: number;
      /** Why it ended when nobody asked it to: `db is gone`. */
      readonly why?: string;
      /** tcpdump's own words, or what to install, when it could not capture. */
      readonly error?: string;
    }
  | {
      readonly kind: 'diagnosis';
      readonly id: number;
      readonly diagnosis: Diagnosis;
      /** The rules that its packet and the answer meet. */
      readonly met: readonly MetRule[];
      /** It is being proven on the wire: another answer follows. */
      readonly proving: boolean;
    }
  | { readonly kind: 'diagnosis-failed'; readonly id: number; readonly reason: string }
  | { readonly kind: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly text: string }
  /** `close` was obeyed: nothing of the session is left. */
  | { readonly kind: 'closed' };
