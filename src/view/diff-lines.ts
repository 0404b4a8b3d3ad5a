/** Differences as lines: `+ address web/eth0 10.0.0.2/24`, `~ link web/eth0 operState up → down`. */
import type { Difference, FieldChange } from '../model/difference.ts';
import type { Tone } from './table.ts';

const MARK = { added: '+', removed: '-', changed: '~' } as const;
const TONE: Readonly<Record<Difference['change'], Tone>> = { added: 'good', removed: 'bad', changed: 'warn' };

export function formatDifference(difference: Difference): { readonly text: string; readonly tone: Tone } {
  const { change, kind, namespace, link, what, fields } = difference;
  const where = [namespace, link].filter((part) => part !== undefined).join('/');
  const name = change === 'changed' && kind === 'link' ? '' : what;
  const changes = fields.map(formatField).join(', ');
  return {
    text: [MARK[change], kind, where, name, changes].filter((part) => part !== '').join(' '),
    tone: TONE[change],
  };
}

function formatField({ field, before, after }: FieldChange): string {
  return `${field} ${before || 'none'} → ${after || 'none'}`;
}
