import { readInput } from '@clinker/ovirt-api';
import { initializationSchema } from './initialization.input';

const read = (body: object) => readInput(initializationSchema, body, { type: 'Initialization', method: 'update' });
const nic = (changes: object) => ({ nic_configurations: { nic_configuration: { name: 'eth0', boot_protocol: 'static', ...changes } } });

describe('an initialization as clients send it', () => {
  it('may be empty, and may leave addresses empty', () => {
    expect(read({ dns_servers: '', authorized_ssh_keys: '', host_name: '' })).toEqual({
      dns_servers: '',
      authorized_ssh_keys: '',
      host_name: '',
    });
    expect(read(nic({ ip: { address: '10.0.0.5', netmask: '', gateway: '' } }))).toMatchObject({
      nic_configurations: { nic_configuration: [{ ip: { address: '10.0.0.5' } }] },
    });
  });

  it('takes keys of all kinds, with options and comments, one on a line', () => {
    const keys = 'ssh-ed25519 AAAAC3Nz me@home\r\n\nfrom="10.0.0.1" ecdsa-sha2-nistp256 AAAAE2Vj==\n';
    expect(read({ authorized_ssh_keys: keys })).toEqual({ authorized_ssh_keys: keys });
  });

  it.each([
    [{ dns_servers: '10.0.0.300' }, 'IP addresses'],
    [{ dns_servers: '10.0.0.1 no' }, 'IP addresses'],
    [{ authorized_ssh_keys: 'ssh-rsa not*base64' }, 'public SSH key'],
    [{ authorized_ssh_keys: 'a password' }, 'public SSH key'],
    [{ host_name: 'two words' }, 'not a host name'],
    [{ host_name: 'x'.repeat(256) }, '255'],
    [{ user_name: 'a:b' }, 'not the name of a user'],
    [{ root_password: 'two\nlines' }, 'one line'],
    [{ root_password: 'x'.repeat(1025) }, '1024'],
    [{ timezone: 'Europe/Prague; rm' }, 'not a time zone'],
    [{ custom_script: 'x'.repeat(65_537) }, '65536'],
    [{ regenerate_ssh_keys: 'yes' }, 'not a boolean'],
    [nic({ ip: { address: '10.0.0' } }), 'not an IPv4 address'],
    [nic({ ip: { gateway: 'fd00::1' } }), 'not an IPv4 address'],
    [nic({ ip: { netmask: '255.0.255.0' } }), 'not a netmask of IPv4'],
    [nic({ ip: { netmask: '33' } }), 'not a netmask of IPv4'],
    [nic({ ipv6: { address: '10.0.0.1' } }), 'not an IPv6 address'],
    [nic({ ipv6: { netmask: '129' } }), 'not a netmask of IPv6'],
    [nic({ boot_protocol: 'bootp' }), 'bootp is not a member of BootProtocol'],
  ])('is refused with %j', (wrong, text) => {
    expect(() => read(wrong)).toThrow(text);
  });

  it('is refused without repeating the password', () => {
    const wrong = 'a secret\nof two lines';
    const refusal = (() => {
      try {
        return read({ root_password: wrong });
      } catch (error) {
        return String(error) + JSON.stringify(error);
      }
    })();
    expect(refusal).toContain('one line');
    expect(refusal).not.toContain('a secret');
  });
});
