/** A named set or map of nft's JSON (libnftables-json(5)). */
import type { NftSet } from '../../src/model/nftables.ts';
import { asList, asRecord, asText } from '../json-values.ts';
import { MOST_ELEMENTS, parseElements, wordsOf } from './parse-expression.ts';
import { isMetered } from './parse-statement.ts';

/** Never throws. */
export function parseSet(kind: NftSet['kind'], value: unknown): NftSet {
  const { name, type, map, flags, elem, size, stmt } = asRecord(value);
  const elements = Array.isArray(elem) ? elem : elem === undefined ? [] : [elem];
  return {
    name: asText(name),
    kind,
    keyTypes: wordsOf(type),
    ...(map === undefined ? {} : { valueType: wordsOf(map).join(' . ') }),
    flags: wordsOf(flags),
    elements: parseElements(elements),
    ...(elements.length > MOST_ELEMENTS ? { total: elements.length } : {}),
    ...(typeof size === 'number' ? { size } : {}),
    ...(isMetered(asList(stmt)) ? { metered: true } : {}),
  };
}
