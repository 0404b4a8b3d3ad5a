/** Containers and Docker networks in a snapshot file. */
import type { Container, DockerNetwork, Endpoint, PublishedPort } from '../../../model/container.ts';
import { fallback, flag, list, number, object, optional, record, text } from '../decode.ts';

const texts = list(text);

const endpoint = object<Endpoint>({
  network: text,
  networkId: text,
  mac: text,
  addresses: texts,
  gateway: optional(text),
  names: optional(texts),
});
const port = object<PublishedPort>({
  protocol: text,
  containerPort: number,
  hostAddress: text,
  hostPort: number,
});
export const container = object<Container>({
  id: text,
  name: text,
  image: text,
  state: text,
  pid: fallback(number, 0),
  resolvConfPath: optional(text),
  dns: optional(texts),
  compose: optional(object({ project: text, service: text })),
  networkMode: text,
  endpoints: fallback(list(endpoint), []),
  ports: fallback(list(port), []),
});

export const network = object<DockerNetwork>({
  id: text,
  name: text,
  driver: text,
  internal: flag,
  bridge: optional(text),
  subnets: texts,
  gateways: texts,
  options: fallback(record(text), {}),
});
