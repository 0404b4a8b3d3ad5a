/** `docker-user-block`: a rule that the user or a firewall tool wrote, in DOCKER-USER or elsewhere on FORWARD, drops it. */
import { filterCheck } from './filter-check.ts';

export const dockerUserBlock = filterCheck({
  id: 'docker-user-block',
  title: 'A firewall rule of yours drops the packet',
  more: 'Docker calls DOCKER-USER before its own rules, so that what you, ufw-docker, fail2ban or CSF put there decides first, for requests and for answers. Let answers pass before anything is dropped (-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN as the first rule), and name links and addresses as narrowly as you can. A REJECT looks like a closed port to the program.',
});
