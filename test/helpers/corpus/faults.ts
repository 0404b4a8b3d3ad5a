/** Every class of faults that the corpus can put into a host made by hand. */
import { endFaults } from './end-faults.ts';
import type { FaultClass } from './fault.ts';
import { filterFaults } from './filter-faults.ts';
import { linkFaults } from './link-faults.ts';
import { natFaults } from './nat-faults.ts';
import { routeFaults } from './route-faults.ts';

export const faults: readonly FaultClass[] = [
  ...linkFaults,
  ...routeFaults,
  ...filterFaults,
  ...natFaults,
  ...endFaults,
];
