/** The worker thread's entry: a session over the real machine, its messages through the parent's port. */
import { parentPort, workerData } from 'node:worker_threads';
import { createSavedSession } from '../session/saved-session.ts';
import { createSession, type SessionOptions } from '../session/session.ts';
import type { Message, Request } from '../store/messages.ts';
import { realSystem } from '../system/real.ts';

const port = parentPort;
if (!port) throw new Error('session-worker runs as a worker thread only');

const options = workerData as SessionOptions;
const post = (message: Message) => {
  port.postMessage(message);
  if (message.kind === 'closed') port.close();
};
const session = options.saved
  ? createSavedSession(realSystem().clock, options.saved, post)
  : createSession(realSystem(), options, post);
port.on('message', (request: Request) => session.handle(request));
