/** What conditions may ask about a namespace, answered from what was read of it. */
import type { Namespace } from '../../model/namespace.ts';
import { addressType } from '../route/address-type.ts';
import { askTables } from '../route/ask-tables.ts';
import type { Surroundings } from './surroundings.ts';
import { usesZones } from './uses-zones.ts';

export function surroundingsOf(namespace: Namespace): Surroundings {
  return {
    addressType: (address, link) => addressType(namespace, address, link),
    askTables: (question) => askTables(namespace, question),
    usesZones: () => usesZones(namespace),
    link: (name) => namespace.links?.find((one) => one.name === name),
    ipset: (name) => namespace.ipsets?.find((one) => one.name === name),
  };
}
