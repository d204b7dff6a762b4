import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenApiDocument } from './openapi.document';
import { openApiPage } from './openapi.page';
import { wholeDocument } from './whole.document';

const kept = readFileSync(join(__dirname, '../../../../docs/openapi.json'), 'utf8');
const document = JSON.parse(kept) as OpenApiDocument;

describe('docs/openapi.json', () => {
  it('is current; if not, run `npm run openapi`', () => {
    expect(Object.keys((JSON.parse(wholeDocument()) as OpenApiDocument).paths)).toEqual(Object.keys(document.paths));
    expect(wholeDocument()).toBe(kept);
  });

  it('knows the members of a body, their kinds and allowed values', () => {
    const schema = document.paths['/ovirt-engine/api/disks']?.post?.requestBody?.content['application/json']?.schema;
    expect(schema).toEqual({ $ref: '#/components/schemas/disk-add' });
    expect(document.components.schemas['disk-add']).toMatchObject({
      xml: { name: 'disk' },
      properties: { provisioned_size: { type: 'string' }, format: { enum: ['raw', 'cow'] } },
    });
  });

  it('names every parameter of every path, and no operation twice', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, ...operation })),
    );
    for (const { path, parameters } of operations) {
      const names = parameters.filter((one) => one['in'] === 'path').map(({ name }) => `{${String(name)}}`);
      expect(path.match(/\{\w+\}/g) ?? []).toEqual(names);
    }
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it.each([
    ['get', '/events', 'from'],
    ['delete', '/vms/{id}', 'detach_only'],
    ['get', '/vms/{id}', 'next_run'],
    ['post', '/vms', 'clone'],
    ['get', '/storagedomains/{domain}/disks', 'unregistered'],
    ['delete', '/storagedomains/{id}', 'destroy'],
    ['delete', '/openstackvolumeproviders/{id}', 'force'],
    ['delete', '/vms/{vm}/diskattachments/{id}', 'detach_only'],
  ] as const)('tells what a route takes of its own: %s %s %s', (method, path, name) => {
    const parameters = document.paths[`/ovirt-engine/api${path}`]?.[method]?.parameters;
    expect(parameters).toContainEqual({
      name,
      in: 'query',
      description: expect.stringMatching(/\.$/) as string,
      schema: { type: 'string' },
    });
  });

  it('says what a route needs', () => {
    expect(document.paths['/ovirt-engine/api/users']?.post?.description).toBe('Needs the permit manipulate_users.');
  });
});

describe('the page', () => {
  const page = openApiPage(document);

  it('shows every path, and loads nothing', () => {
    for (const path of Object.keys(document.paths)) expect(page).toContain(`<code>${path}</code>`);
    expect(page).not.toMatch(/<script|<link|src=|https?:/);
  });
});
