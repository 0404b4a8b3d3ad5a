/** `docker28-direct-drop`: Docker 28 and later keep others from the addresses of containers. By design. */
import { filterCheck } from './filter-check.ts';

export const docker28DirectDrop = filterCheck({
  id: 'docker28-direct-drop',
  title: "Docker keeps others from the container's own address, by design",
  byDesign: true,
  fix: () => [],
  more: 'This is by design: since Docker 28 a rule in table raw drops what is sent to the address of a container and does not come in by its bridge, before connection tracking, DOCKER-USER or any other rule is asked. Use the published port, at an address of the host. Where the network is routed on purpose, make it with the option com.docker.network.bridge.gateway_mode_ipv4=routed or nat-unprotected, name trusted_host_interfaces, or start the daemon with --allow-direct-routing.',
});
