import { readAgentSettings } from './agent.settings';

const needed = { CLINKER_HOST_NAME: 'host-1', CLINKER_MY_IP: 'fd00::1', NATS_URL: 'tls://engine:4222', NATS_NKEY_SEED_FILE: '/creds/seed' };

describe('readAgentSettings', () => {
  it('needs four variables and knows the rest', () => {
    expect(readAgentSettings(needed)).toMatchObject({
      CLINKER_EMULATION: 'kvm',
      LIBVIRT_SOCKET: '/run/libvirt/libvirt-sock',
      CLINKER_RUN_FOLDER: '/run/clinker',
    });
  });

  it('reads the bridges of networks', () => {
    expect(readAgentSettings(needed).CLINKER_NETWORKS).toEqual({});
    expect(readAgentSettings({ ...needed, CLINKER_NETWORKS: 'ovirtmgmt=br0, lan=br1' }).CLINKER_NETWORKS).toEqual({
      ovirtmgmt: 'br0',
      lan: 'br1',
    });
  });

  it.each([
    ['CLINKER_NETWORKS', 'lan'],
    ['CLINKER_NETWORKS', 'lan='],
    ['CLINKER_NETWORKS', 'lan=br0=br1'],
    ['CLINKER_NETWORKS', 'lan=a-bridge-of-16-ch'],
    ['CLINKER_HOST_NAME', 'host.1'],
    ['CLINKER_HOST_NAME', 'a*'],
    ['CLINKER_MY_IP', 'host-1'],
    ['NATS_URL', 'http://engine'],
    ['NATS_NKEY_SEED_FILE', 'seed'],
    ['CLINKER_EMULATION', 'xen'],
    ['NATS_NKEY_SEED_FILE', ''],
  ])('refuses %s=%p and says so', (name, value) => {
    expect(() => readAgentSettings({ ...needed, [name]: value })).toThrow(name);
  });
});
