import { FlowsFixture } from '../testing/flows.fixture';

jest.setTimeout(180_000);

let flows: FlowsFixture;

beforeAll(async () => {
  flows = await FlowsFixture.start();
});
afterAll(() => flows?.close());

const ask = (method: 'GET' | 'POST' | 'PUT', path: string, body?: string) => flows.engine.ask(method, path, body);
const shown = ({ text }: { text: string }) => /<high_availability>(.*?)<\/high_availability>/s.exec(text)?.[1];
const availability = (enabled: boolean, priority: number) => `<enabled>${enabled}</enabled><priority>${priority}</priority>`;
const asked = (content: string) => `<high_availability>${content}</high_availability>`;

describe('high availability on the wire', () => {
  it('is kept as it was asked for, and stays when nothing is said of it', async () => {
    const vm = (name: string, content: string) =>
      ask(
        'POST',
        '/vms',
        `<vm><name>${name}</name><cluster><name>Default</name></cluster><template><name>Blank</name></template>${content}</vm>`,
      );
    expect(shown(await vm('plain', ''))).toBe(availability(false, 0));
    const { id, status, text } = await vm('available', asked(availability(true, 100)));
    expect([status, shown({ text })]).toEqual([201, availability(true, 100)]);
    const change = (content: string) => ask('PUT', `/vms/${id}`, `<vm>${content}</vm>`);
    expect(shown(await change('<comment>same</comment>'))).toBe(availability(true, 100));
    expect(shown(await change(asked('<priority>1</priority>')))).toBe(availability(true, 1));
    expect(shown(await ask('GET', `/vms/${id}`))).toBe(availability(true, 1));
  });

  it.each([
    ['<priority>101</priority>', "'101' is not an integer from 0 to 100"],
    ['<priority>-1</priority>', "'-1' is not an integer from 0 to 100"],
    ['<priority>high</priority>', "'high' is not an integer from 0 to 100"],
    ['<enabled>perhaps</enabled>', 'perhaps'],
  ])('is refused as %s, and nothing is changed', async (content, why) => {
    const before = await ask('GET', `/vms/${flows.ids.source}`);
    const answer = await ask('PUT', `/vms/${flows.ids.source}`, `<vm>${asked(content)}</vm>`);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(why);
    expect(shown(await ask('GET', `/vms/${flows.ids.source}`))).toBe(shown(before));
  });

  it('goes from a template to its VMs, but not to those of pools', async () => {
    const template = await ask('PUT', `/templates/${flows.ids.golden}`, `<template>${asked(availability(true, 50))}</template>`);
    expect(shown(template)).toBe(availability(true, 50));
    const body = `<vm><name>of-template</name><cluster><name>Default</name></cluster><template id="${flows.ids.golden}"/></vm>`;
    expect(shown(await ask('POST', '/vms', body))).toBe(availability(true, 50));
    expect(shown(await ask('GET', `/vmpools/${flows.ids.pool}`))).toBe(availability(false, 50));
  });
});
