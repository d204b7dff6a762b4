import type { ConsoleAddress, DomainReport } from '@clinker/agent-protocol';
import { PrivateLibvirtd, vncAccepts } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { TestAgent } from '../testing/agent.testing';
import { vmDefinition } from '../testing/lab.testing';

jest.setTimeout(120_000);

describe('the display of a domain', () => {
  const libvirtd = new PrivateLibvirtd();
  let agent: TestAgent;

  beforeAll(() => libvirtd.start());
  afterEach(() => agent.remove());
  afterAll(() => libvirtd.stop());

  const started = async (address?: string): Promise<DomainReport> => {
    agent = await TestAgent.create(libvirtd, address === undefined ? {} : { CLINKER_CONSOLE_ADDRESS: address });
    await agent.start();
    return (await agent.engine.ensure('ensure-domain-running', { operationId: null, vm: vmDefinition([]) })).domain;
  };
  const gone = (vmId: string) => agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId });
  const ticket = (vmId: string, password: string, validForS = 60) =>
    agent.engine.ensure('ensure-console-ticket', { ticketId: randomUUID(), vmId, password, validForS });

  it('lets in who has the last ticket, and nobody without one', async () => {
    const { vmId, console: display } = await started('127.0.0.1');
    const at: ConsoleAddress = display!;
    expect(at.address).toBe('127.0.0.1');
    for (const password of ['', 'locked']) await expect(vncAccepts(at, password)).resolves.toBe(false);
    await expect(ticket(vmId, 'first')).resolves.toMatchObject({ domain: { vmId, console: at } });
    await expect(vncAccepts(at, 'first')).resolves.toBe(true);
    await ticket(vmId, 'second-of-more-than-8');
    await expect(vncAccepts(at, 'first')).resolves.toBe(false);
    await expect(vncAccepts(at, 'second-of-more-than-8')).resolves.toBe(true);
    await gone(vmId);
  });

  it('forgets a ticket whose time is over', async () => {
    const { vmId, console: display } = await started('127.0.0.1');
    await ticket(vmId, 'short', 1);
    while (await vncAccepts(display!, 'short'));
    await gone(vmId);
  });

  it('is not opened if only its host can reach it, or if the domain is gone', async () => {
    const { vmId, console: display } = await started();
    expect(display).toBeUndefined();
    expect((await ticket(vmId, 'any')).domain.console).toBeUndefined();
    await gone(vmId);
    await expect(ticket(vmId, 'any')).resolves.toMatchObject({ domain: { state: 'absent' } });
  });
});
