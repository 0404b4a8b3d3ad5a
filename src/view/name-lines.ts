/** What became of a destination that is a name, as a line to read. */
import { describeAsked, type NameAnswer } from '../model/name-answer.ts';
import { type Line, wrap } from './hop-lines.ts';

export function nameLines(
  { name, addresses, source, asked }: NameAnswer,
  widthCells: number,
): readonly Line[] {
  if (addresses.length > 0) {
    const whose = {
      hosts: 'by the hosts file',
      engine: "by the engine's list of containers, nothing was sent",
    };
    const who = source === 'hosts' || source === 'engine' ? whose[source] : `says ${asked.at(-1)?.server}`;
    return wrap(`${name} is ${addresses.join(', ')}, ${who}`, 'dim', widthCells);
  }
  if (asked.length === 0) return wrap(`${name} was not resolved: nothing was sent`, 'dim', widthCells);
  // One server may have been asked for several names.
  const said = [...new Set(asked.map(describeAsked))].join('; ');
  return wrap(`${name} is not resolved: ${said}`, 'normal', widthCells);
}
