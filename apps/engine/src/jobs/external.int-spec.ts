import { Operations } from '@clinker/sagas';
import { randomUUID } from 'node:crypto';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';

let engine: RunningEngine;
const containing = (text: string) => expect.stringContaining(text) as string;
const job = (description: string) => engine.ask('POST', '/jobs', `<job><description>${description}</description></job>`);
const step = (jobId: string, more = '') =>
  engine.ask('POST', `/jobs/${jobId}/steps`, `<step><description>s</description><type>executing</type>${more}</step>`);
const end = (path: string, body: string) => engine.ask('POST', `${path}/end`, `<action>${body}</action>`);

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
});

afterAll(async () => {
  await engine?.close();
});

describe('jobs of others', () => {
  it('are announced, go on in steps, and end', async () => {
    const { id, status, text } = await job('copy to tape');
    expect(status).toBe(201);
    expect(text).toContain('<auto_cleared>true</auto_cleared><external>true</external>');
    expect(text).toContain('<status>started</status>');
    expect((await engine.ask('GET', '/jobs?search=status%3Dstarted')).text).toContain('copy to tape');
    const first = await step(id);
    expect(first).toMatchObject({ status: 201, text: containing('<type>executing</type>') });
    const second = await step(id, `<parent_step id="${first.id}"/>`);
    expect(second.text).toContain(`<parent_step href="/ovirt-engine/api/jobs/${id}/steps/${first.id}"`);
    expect((await end(`/jobs/${id}/steps/${second.id}`, '<succeeded>false</succeeded>')).status).toBe(200);
    expect((await engine.ask('GET', `/jobs/${id}/steps/${second.id}`)).text).toContain('<status>failed</status>');
    expect((await end(`/jobs/${id}`, '<succeeded>true</succeeded>')).status).toBe(200);
    expect((await engine.ask('GET', `/jobs/${id}`)).text).toContain('<status>finished</status>');
    expect((await engine.ask('GET', `/jobs/${id}/steps/${first.id}`)).text).toContain('<status>finished</status>');
  });

  it('do not go on after their end', async () => {
    const { id } = await job('over');
    await end(`/jobs/${id}`, '');
    expect(await end(`/jobs/${id}`, '')).toMatchObject({ status: 409, text: containing('has ended already') });
    expect(await step(id)).toMatchObject({ status: 409, text: containing('has ended already') });
    expect((await engine.ask('POST', `/jobs/${id}/clear`, '<action/>')).status).toBe(200);
  });

  it('are not those of ours', async () => {
    const id = randomUUID();
    const ended = "'finished', '{}', 'c', now(), now()";
    await engine.db.query(
      `INSERT INTO operation (id, saga, description, status, state, correlation_id, ended_at, started_at) VALUES ($1, 'x', 'ours', ${ended})`,
      [id],
    );
    expect((await engine.ask('GET', `/jobs/${id}`)).text).toContain('<external>false</external>');
    for (const action of ['clear', 'end'])
      expect(await engine.ask('POST', `/jobs/${id}/${action}`, '<action/>')).toMatchObject({
        status: 409,
        text: containing('not external'),
      });
    expect((await step(id)).status).toBe(409);
  });

  it.each([
    ['no description', '<job/>', 'Job [description] required for add'],
    ['an empty description', '<job><description></description></job>', 'must not be empty'],
  ])('are refused with %s', async (_what, body, text) => {
    expect(await engine.ask('POST', '/jobs', body)).toMatchObject({ status: 400, text: containing(text) });
  });

  it('have steps of a kind', async () => {
    const { id } = await job('steps');
    const unknown = await engine.ask('POST', `/jobs/${id}/steps`, '<step><description>s</description><type>dancing</type></step>');
    expect(unknown).toMatchObject({ status: 400, text: containing('dancing is not a member of StepEnum') });
    expect((await step(id, `<parent_step id="${randomUUID()}"/>`)).status).toBe(404);
    const { id: stepId } = await step(id);
    expect(await end(`/jobs/${id}/steps/${stepId}`, '')).toMatchObject({ status: 400, text: containing('[succeeded] required for end') });
    expect((await engine.ask('POST', `/jobs/${randomUUID()}/end`, '<action/>')).status).toBe(404);
  });
});

describe('a job of ours', () => {
  const retry = (id: string) => engine.ask('POST', `/clinker/jobs/${id}/retry`, '<action/>');

  it('that waits for its next attempt is tried at once when somebody wants it', async () => {
    const [id, diskId] = [randomUUID(), randomUUID()];
    const state = JSON.stringify({ diskId, diskName: 'gone' });
    await engine.db.query(
      `INSERT INTO operation (id, saga, description, status, step, state, correlation_id, errors, stuck, wake_at)
       VALUES ($1, 'update-disk', 'ours', 'running', 'tell Cinder the name and description', $2, 'c', 5, true, now() + interval '1 hour')`,
      [id, state],
    );
    expect((await retry(id)).status).toBe(200);
    expect(await engine.get(Operations).ended(id, 10_000)).toMatchObject({ status: 'finished' });
    expect(await retry(id)).toMatchObject({ status: 409, text: containing('has ended already') });
  });

  it('is one, and there', async () => {
    expect((await retry(randomUUID())).status).toBe(404);
    expect(await retry((await job('theirs')).id)).toMatchObject({ status: 409, text: containing('is external') });
  });
});

describe('events of others', () => {
  const event = (more: string) => engine.ask('POST', '/events', `<event>${more}</event>`);
  const told = (id: number, origin = 'backup') =>
    `<origin>${origin}</origin><severity>warning</severity><custom_id>${id}</custom_id><description>tape is full</description>`;

  it('are shown with their origin, once for each number', async () => {
    const { id, status, text } = await event(told(1));
    expect(status).toBe(201);
    expect(text).toContain('<origin>backup</origin><severity>warning</severity>');
    expect(text).toContain('<code>9902</code>');
    expect((await engine.ask('GET', `/events/${id}`)).status).toBe(200);
    expect(await event(told(1))).toMatchObject({ status: 409, text: containing('custom id already') });
    expect((await event(told(1, 'other'))).status).toBe(201);
  });

  it('are put out of sight, and come back', async () => {
    const { id } = await event(told(2));
    const seen = async (search = '') => (await engine.ask('GET', `/events${search}`)).text.includes(` id="${id}"`);
    expect(await seen()).toBe(true);
    expect((await engine.ask('DELETE', `/events/${id}`)).status).toBe(200);
    expect(await seen()).toBe(false);
    expect(await seen('?search=deleted%3Dtrue')).toBe(true);
    expect((await engine.ask('POST', '/events/undelete', '<action/>')).status).toBe(200);
    expect(await seen()).toBe(true);
  });

  it.each([
    ['nothing', '', 400, 'Event [origin, severity, customId, description] required for add'],
    ['our name', told(3, 'oVirt'), 400, 'Illegal Origin'],
    ['a VM that is not', `${told(4)}<vm id="${randomUUID()}"/>`, 404, 'VM'],
  ])('are refused with %s', async (_what, body, status, text) => {
    expect(await event(body)).toMatchObject({ status, text: containing(text) });
  });
});
