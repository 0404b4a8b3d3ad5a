import { describe, expect, test } from 'vitest';
import type { NamespaceFacts } from '../../../src/model/facts.ts';
import { withFresh } from '../../../src/model/facts.ts';
import { onlyRead, pick } from '../../../src/session/details.ts';
import { namespace } from '../../helpers/made-up.ts';

const before = { routes: [], rulesets: [], nftables: [], ipsets: [] } satisfies NamespaceFacts;

describe('facts that are read again', () => {
  test('replace those of the same name and leave the others', () => {
    expect(withFresh<NamespaceFacts>(before, { routes: [], neighbours: [] })).toEqual({
      ...before,
      neighbours: [],
    });
  });

  test('of rules take the tables and sets of the older reading away, although they could not be read', () => {
    expect(withFresh<NamespaceFacts>(before, { rulesets: [] })).toEqual({ routes: [], rulesets: [] });
    expect(withFresh<NamespaceFacts>(before, { ipsets: [] })).toEqual({ routes: [], ipsets: [] });
  });

  test('of the focus keep what belongs to the rules with them', () => {
    const read = namespace({ ...before });
    expect(pick(read, ['rulesets'])).toEqual({ rulesets: [], nftables: [], ipsets: [] });
    expect(onlyRead(read, ['rulesets'])).toMatchObject({ rulesets: [], nftables: [], ipsets: [] });
    expect(onlyRead(read, ['routes'])).not.toHaveProperty('ipsets');
  });
});
