import { guestFactsSchema } from '@clinker/agent-protocol';
import { LibvirtError, LibvirtErrorCode } from '@clinker/libvirt';
import type { LibvirtLink } from '../libvirt/libvirt.link';
import { GuestAgentClient } from './guest-agent.client';
import { GuestFactsReader } from './guest-facts.reader';
import type { FrozenGuests } from './held-guests';

const HELD = 'held';

/** A reader of guests that answer so, by the command; a guest does not know the other commands. */
const readerOf = (answers: Record<string, unknown>): GuestFactsReader => {
  const agentCommand = (_vmId: string, command: string): Promise<string> => {
    const { execute } = JSON.parse(command) as { execute: string };
    if (!(execute in answers))
      throw new LibvirtError(LibvirtErrorCode.AGENT_UNRESPONSIVE, 0, 'The guest agent does not answer', 'agentCommand');
    return Promise.resolve(typeof answers[execute] === 'string' ? answers[execute] : JSON.stringify({ return: answers[execute] }));
  };
  const state = Object.keys(answers).length > 0 ? 'connected' : 'disconnected';
  const xml = () =>
    Promise.resolve(`<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='${state}'/></channel>`);
  const agents = new GuestAgentClient({ domains: { agentCommand, xml } } as unknown as LibvirtLink);
  const held = { has: (vmId: string) => vmId === HELD } as unknown as FrozenGuests;
  return new GuestFactsReader(agents, held, held);
};

const lo = { name: 'lo', 'hardware-address': '00:00:00:00:00:00', 'ip-addresses': [{ 'ip-address': '127.0.0.1' }] };
const eth0 = {
  name: 'eth0',
  'hardware-address': '56:6F:00:00:00:01',
  'ip-addresses': [{ 'ip-address': '192.0.2.7' }, { 'ip-address': 'fe80::1' }],
};

describe('what a guest tells', () => {
  it('is nothing when there is no agent, or it does not answer', async () => {
    expect(await readerOf({}).read('vm')).toBeNull();
    expect(await readerOf({ 'guest-ping': {} }).read('vm')).toBeNull();
  });

  it('is unknown while it is held', async () => expect(await readerOf({}).read(HELD)).toBeUndefined());

  it('are its interfaces, without the loop-back', async () => {
    const facts = await readerOf({ 'guest-network-get-interfaces': [lo, eth0] }).read('vm');
    expect(facts).toEqual({
      hostName: '',
      os: null,
      timeZone: null,
      devices: [
        {
          name: 'eth0',
          mac: '56:6f:00:00:00:01',
          ips: [
            { address: '192.0.2.7', version: 'v4' },
            { address: 'fe80::1', version: 'v6' },
          ],
        },
      ],
    });
  });

  it('are its name, system and time zone', async () => {
    const facts = await readerOf({
      'guest-network-get-interfaces': [],
      'guest-get-host-name': { 'host-name': 'web.example.org' },
      'guest-get-osinfo': { id: 'mswindows', name: 'Microsoft Windows', 'version-id': '2022' },
      'guest-get-timezone': { zone: 'CET', offset: 3600 },
    }).read('vm');
    expect(facts).toEqual({
      hostName: 'web.example.org',
      os: { name: 'Microsoft Windows', version: '2022', kernel: '', architecture: '', isWindows: true },
      timeZone: { name: 'CET', offsetSeconds: 3600 },
      devices: [],
    });
  });

  it('cannot harm: what is long is cut, what is not text is dropped, and nonsense is no answer', async () => {
    const many = Array.from({ length: 1000 }, () => ({ ...eth0, name: '\u0000\u001b[2J' + 'x'.repeat(5000) }));
    const facts = await readerOf({
      'guest-network-get-interfaces': many,
      'guest-get-host-name': { 'host-name': 'a\u0000\nb' },
      'guest-get-osinfo': 'not JSON',
      'guest-get-timezone': { zone: 'x', offset: 1e15 },
    }).read('vm');
    expect(guestFactsSchema.parse(facts)).toEqual(facts);
    expect(facts).toMatchObject({ hostName: 'ab', os: null, timeZone: { offsetSeconds: 86_400 } });
    expect(facts?.devices).toHaveLength(64);
    expect(facts?.devices[0]?.name).toMatch(/^\[2Jx{252}$/);
    expect(await readerOf({ 'guest-network-get-interfaces': { bad: true } }).read('vm')).toBeNull();
  });
});
