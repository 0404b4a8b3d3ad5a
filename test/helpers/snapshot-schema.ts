/** Holds documents to docs/snapshot.schema.json. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { checkout } from './paths.ts';

/** What the schema says against the document; empty where it fits. */
export function findSchemaBreaches(document: unknown): readonly string[] {
  const schema = JSON.parse(readFileSync(`${checkout}/docs/snapshot.schema.json`, 'utf8'));
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
