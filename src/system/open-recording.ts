/** Recordings as files: one is written when the process ends, one is read in place of the machine. */
import { readFileSync, writeFileSync } from 'node:fs';
import { EXIT, UserError } from '../model/user-error.ts';
import { recordSystem } from './record.ts';
import type { Recording } from './recording.ts';
import { replaySystem } from './replay.ts';
import type { System } from './system.ts';

/** A system that notes everything; the file is written when netpeek ends. Throws `UserError` when it cannot be. */
export function startRecording(system: System, file: string): System {
  const { system: recorded, recording } = recordSystem(system);
  try {
    // Only its owner may read what a host's networks look like.
    writeFileSync(file, '', { mode: 0o600 });
  } catch (error) {
    throw new UserError(EXIT.outside, `cannot write ${file}: ${(error as Error).message}`);
  }
  process.on('exit', () => writeFileSync(file, JSON.stringify(recording())));
  return recorded;
}

/** A system that answers from the file. Throws `UserError` when it is no recording. */
export function openRecording(file: string): System {
  const recording = parseRecording(file);
  if (
    recording?.schema !== 'netpeek.recording/1' ||
    !recording.outcomes ||
    !recording.sockets ||
    !recording.host
  )
    throw new UserError(EXIT.outside, `${file} is no recording of netpeek`, 'make one with --record FILE');
  return replaySystem(recording);
}

function parseRecording(file: string): Partial<Recording> & Recording {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(
      EXIT.outside,
      `cannot read ${file}: ${(error as Error).message}`,
      'make one with --record FILE',
    );
  }
}
