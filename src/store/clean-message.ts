/** Makes the free text of a message safe to draw: a packet or an error may hold any byte. Names come clean already. */
import { cleanText } from '../model/clean-text.ts';
import type { Message } from './messages.ts';

export function cleanMessage(message: Message): Message {
  switch (message.kind) {
    case 'capture-started':
      return { ...message, command: cleanLine(message.command) };
    case 'capture-lines':
      return { ...message, lines: message.lines.map(cleanLine) };
    case 'capture-ended':
      return {
        ...message,
        ...(message.why === undefined ? {} : { why: cleanLine(message.why) }),
        ...(message.error === undefined ? {} : { error: cleanLine(message.error) }),
      };
    case 'diagnosis-failed':
      return { ...message, reason: cleanLine(message.reason) };
    case 'notice':
      return { ...message, text: cleanLine(message.text) };
    default:
      return message;
  }
}

/** tcpdump indents with tabs, which would come out as `\x09`. */
function cleanLine(line: string): string {
  return cleanText(line.replaceAll('\t', '    ').replace(/\r?\n$/, ''));
}
