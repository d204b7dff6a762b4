import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';

const headers = { accept: 'application/x-virt-viewer' };
let engine: RunningEngine;
let vm: string;
let console: string;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  const added = '<vm><name>seen</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>';
  vm = `/vms/${(await engine.ask('POST', '/vms', added)).id}`;
  console = `${vm}/graphicsconsoles/${(await engine.ask('GET', `${vm}/graphicsconsoles`)).id}`;
});

afterAll(async () => {
  await engine?.close();
});

it('a console that is asked for as a file for remote-viewer is one while its VM runs', async () => {
  const refused = await engine.ask('GET', console, undefined, { headers });
  expect(refused).toMatchObject({ status: 409, text: expect.stringContaining('VM is not running') as string });
});

it('needs the permit for a ticket, as there is one in the file', async () => {
  const user = '<user><user_name>eve</user_name><domain><name>internal-authz</name></domain><password>not-a-secret</password></user>';
  const { id } = await engine.ask('POST', '/users', user);
  const reader = `<permission><role><name>ReadOnlyAdmin</name></role><user id="${id}"/></permission>`;
  expect((await engine.ask('POST', `${vm}/permissions`, reader)).status).toBe(201);
  const eve = { login: 'eve@internal' };
  expect((await engine.ask('GET', console, undefined, eve)).status).toBe(200);
  expect((await engine.ask('GET', console, undefined, { ...eve, headers })).status).toBe(403);
});

it('nothing else is such a file', async () => {
  expect((await engine.ask('GET', vm, undefined, { headers })).status).toBe(406);
  expect((await engine.ask('DELETE', console, undefined, { headers })).status).toBe(406);
});
