import { vncAccepts } from '@clinker/testing';
import { body, faultDetail } from './api.client';
import { Installation } from './installation';
import { lab, labHosts } from './lab';

jest.setTimeout(120_000);

const VNC = Buffer.from('vnc').toString('hex');

describe('the console of a VM', () => {
  const user = new Installation();
  const { api } = user;
  let vmId: string;
  let consoles: string;

  beforeAll(async () => {
    await user.ensureStorage();
    vmId = await user.vm();
    consoles = `/vms/${vmId}/graphicsconsoles`;
  });
  afterAll(async () => {
    await user.cleanUp();
    await api.close();
  });

  const display = async () => {
    const { address, port } = body(await api.get(`${consoles}/${VNC}`));
    return { address: String(address), port: Number(port) };
  };
  const ticket = (wanted: object) => api.post(`${consoles}/${VNC}/ticket`, { ticket: wanted });

  it('has no address and gives no ticket while the VM is down', async () => {
    expect((await api.get(`${consoles}/${VNC}`)).body).not.toHaveProperty('port');
    for (const path of [`/vms/${vmId}/ticket`, `${consoles}/${VNC}/ticket`, `${consoles}/${VNC}/remoteviewerconnectionfile`]) {
      const refused = await api.post(path);
      expect([refused.status, faultDetail(refused)]).toEqual([409, expect.stringContaining('VM is not running')]);
    }
  });

  it('is opened by a ticket of the client’s own, and by the next one only', async () => {
    await user.start(vmId);
    const at = await display();
    expect(body(await api.get(`/vms/${vmId}`))['display']).toMatchObject({ type: 'vnc', address: at.address, port: String(at.port) });
    expect(body(await ticket({ value: 'pass', expiry: '60' }))['ticket']).toEqual({ value: 'pass', expiry: '60' });
    await expect(vncAccepts(at, 'pass')).resolves.toBe(true);
    const made = body(await ticket({}))['ticket']!;
    expect(made['expiry']).toBe('7200');
    await expect(vncAccepts(at, 'pass')).resolves.toBe(false);
    await expect(vncAccepts(at, made['value']!)).resolves.toBe(true);
  });

  it('is opened by the file for remote-viewer', async () => {
    const { remote_viewer_connection_file: file } = body(await api.post(`${consoles}/${VNC}/remoteviewerconnectionfile`));
    const settings = new Map(
      String(file)
        .split('\n')
        .map((line) => line.split('=', 2) as [string, string]),
    );
    expect(settings.get('type')).toBe('vnc');
    const at = { address: settings.get('host')!, port: Number(settings.get('port')) };
    expect(at).toEqual(await display());
    await expect(vncAccepts(at, settings.get('password')!)).resolves.toBe(true);
  });

  it('is opened by the same file, where a web interface asks for the console as one', async () => {
    const answer = await api.ask('GET', `${consoles}/${VNC}`, undefined, { Accept: 'application/x-virt-viewer' });
    expect(answer.headers['content-type']).toMatch(/^application\/x-virt-viewer/);
    const [, password = ''] = /^\[virt-viewer\]\n[^]*^password=(.*)$/m.exec(answer.text) ?? [];
    await expect(vncAccepts(await display(), password)).resolves.toBe(true);
  });

  it.each([
    [{ value: 'two words' }, /value/],
    [{ value: '' }, /value/],
    [{ expiry: '0' }, /expiry/],
    [{ expiry: 'soon' }, /expiry/],
  ])('refuses the ticket %j', async (wanted, field) => {
    const refused = await ticket(wanted);
    expect([refused.status, faultDetail(refused)]).toEqual([400, expect.stringMatching(field)]);
  });

  it('cannot be opened if it is one of SPICE, which can only be declared', async () => {
    const spice = body(await api.post(consoles, { protocol: 'spice' }), 201);
    expect(spice).not.toHaveProperty('port');
    const refused = await api.post(`${consoles}/${spice['id']}/ticket`);
    expect(faultDetail(refused)).toContain('The display of VMs is VNC');
  });

  it('is not opened while the host’s agent is away, and an event tells of each session', async () => {
    await lab('stop', `agent-${labHosts()[0]}`);
    try {
      const refused = await ticket({ value: 'secret-1' });
      expect([refused.status, faultDetail(refused)]).toEqual([409, expect.stringContaining('Cannot set VM Ticket')]);
    } finally {
      await lab('start', `agent-${labHosts()[0]}`);
      await user.hostsAre('up');
    }
    const search = encodeURIComponent(`type=164 and event_vm_id=${vmId}`);
    const ours = body(await api.get(`/events?search=${search}`))['event'];
    expect(ours).toHaveLength(4);
    expect(JSON.stringify(ours)).not.toMatch(/pass|secret/);
  });
});
