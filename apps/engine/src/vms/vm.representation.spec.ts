import { Links, toJson, toXml } from '@clinker/ovirt-api';
import { bootOrder, vmDefinition } from './vm.definition';
import type { Vm } from './vm.entity';
import { vmRepresentation } from './vm.representation';
import { BLANK_SETTINGS } from './vm.settings';

const ID = '0d0e5a4e-6b1a-4a35-a2f4-0a9a1c2b3d4e';
const OTHER = '11111111-1111-4111-8111-111111111111';
const BLANK = '00000000-0000-0000-0000-000000000000';

const vm: Vm = {
  ...BLANK_SETTINGS,
  id: ID,
  name: 'web',
  clusterId: OTHER,
  templateId: BLANK,
  status: 'down',
  stopReason: '',
  stateless: false,
  nextRun: null,
  runOnce: null,
  guest: null,
  console: null,
  hostId: null,
  quotaId: null,
  instanceTypeId: null,
  placementHostIds: [],
  vmPoolId: null,
  hasRun: false,
  initialized: false,
  creationTime: new Date('2026-01-02T03:04:05Z'),
  startTime: null,
  stopTime: null,
};
const links = new Links('/ovirt-engine/api');
const xml = (one: Vm): string => toXml('vm', vmRepresentation(one, links));

describe('a VM on the wire', () => {
  it('has all that clients stumble over when it is missing', () => {
    const text = xml(vm);
    for (const part of [
      `<vm href="/ovirt-engine/api/vms/${ID}" id="${ID}">`,
      '<description></description>',
      '<comment></comment>',
      '<status>down</status>',
      '<memory>1073741824</memory>',
      '<guaranteed>1073741824</guaranteed>',
      '<max>4294967296</max>',
      '<cores>1</cores>',
      '<device>hd</device>',
      '<delete_protected>false</delete_protected>',
      '<start_paused>false</start_paused>',
      `<cluster href="/ovirt-engine/api/clusters/${OTHER}" id="${OTHER}"`,
      `<original_template href="/ovirt-engine/api/templates/${BLANK}" id="${BLANK}"`,
      `<link href="/ovirt-engine/api/vms/${ID}/diskattachments" rel="diskattachments"`,
      `<link href="/ovirt-engine/api/vms/${ID}/start" rel="start"`,
    ]) {
      expect(text.replace(/<(\w+)\/>/g, '<$1></$1>')).toContain(part);
    }
  });

  it('names its host, start time and reason only when there are some', () => {
    expect(xml(vm)).not.toMatch(/<host |start_time|stop_reason|<kernel>/);
    const running = xml({ ...vm, status: 'up', hostId: OTHER, startTime: new Date('2026-01-02T03:04:05Z'), osKernel: '/boot/vmlinuz' });
    expect(running).toContain(`<host href="/ovirt-engine/api/hosts/${OTHER}"`);
    expect(running).toContain('<kernel>/boot/vmlinuz</kernel>');
    expect(running).toMatch(/<start_time>2026-01-02T03:04:05/);
  });

  it('shows what its owner has set and what has no effect, beside what is always so', () => {
    const unapplied = {
      bios: { type: 'q35_ovmf' },
      cpu: { mode: 'host_model' },
      sso: { methods: { method: [] } },
      soundcard_enabled: true,
    };
    const shown = vmRepresentation({ ...vm, unapplied }, links);
    expect(shown).toMatchObject({
      bios: { boot_menu: { enabled: false }, type: 'q35_ovmf' },
      cpu: { mode: 'host_model', topology: { cores: 1 } },
      sso: { methods: { method: [] } },
      soundcard_enabled: true,
    });
    expect(xml({ ...vm, unapplied })).toContain('<soundcard_enabled>true</soundcard_enabled><sso><methods/></sso>');
  });

  it('escapes what its owner wrote', () => {
    expect(xml({ ...vm, description: '<script>&"' })).toContain('&lt;script&gt;&amp;');
  });

  it('has numbers and booleans as strings in JSON', () => {
    expect(JSON.parse(toJson('vm', vmRepresentation(vm, links)))).toMatchObject({ id: ID, memory: '1073741824', stateless: 'false' });
  });
});

describe('vmDefinition', () => {
  it('says what the host needs and nothing else', () => {
    expect(vmDefinition({ ...vm, osKernel: '/k', osCmdline: 'quiet', sockets: 2 }, [], [])).toEqual({
      vmId: ID,
      name: 'web',
      memoryBytes: 1_073_741_824,
      cpu: { sockets: 2, cores: 1, threads: 1 },
      os: { kernel: '/k', initrd: null, cmdline: 'quiet', bootDevices: ['hd'] },
      disks: [],
      nics: [],
    });
  });

  it('boots from the bootable disk at the place of hd', () => {
    expect(bootOrder({ bootDevices: ['network', 'hd'] }, { bootable: true })).toBe(2);
    expect(bootOrder({ bootDevices: ['hd'] }, { bootable: false })).toBeNull();
    expect(bootOrder({ bootDevices: ['network'] }, { bootable: true })).toBeNull();
  });
});
