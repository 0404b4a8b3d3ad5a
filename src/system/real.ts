/** The machine itself. */
import { hostname } from 'node:os';
import { realPrograms } from './bpf.ts';
import { makeRoomFor } from './descriptor-room.ts';
import { openEngine } from './engine.ts';
import { realFiles } from './files.ts';
import { realNamespaces } from './namespaces.ts';
import { realProcesses } from './processes.ts';
import type { System } from './system.ts';

/** A `System` that reads and acts on this machine. Nothing is opened or loaded before it is used. */
export function realSystem(): System {
  return {
    clock: { now: () => new Date(), monotonicMs: () => performance.now() },
    host: { hostname: hostname(), uid: process.geteuid?.() ?? -1, pid: process.pid, env: process.env },
    files: realFiles(),
    namespaces: realNamespaces(),
    processes: realProcesses(),
    programs: realPrograms(),
    expectNamespaces: makeRoomFor,
    openEngine,
  };
}
