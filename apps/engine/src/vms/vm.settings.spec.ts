import { readInput } from '@clinker/ovirt-api';
import { SecretBox } from '../encryption/secret-box';
import { openInitialization, shownInitialization, withSealedPassword } from '../initialization/kept.initialization';
import { updateVmSchema } from './vm.input';
import { BLANK_SETTINGS, type VmSettings, changedSettings, settingsOf } from './vm.settings';

const GIB = 1_073_741_824;
const read = (body: object) => readInput(updateVmSchema, body, { type: 'Vm', method: 'update' });
const box = new SecretBox('ab'.repeat(32));
const add = (body: object): VmSettings => settingsOf(BLANK_SETTINGS, withSealedPassword(box, read(body)), 'add');
const edit = (now: VmSettings, body: object): VmSettings => settingsOf(now, withSealedPassword(box, read(body)), 'edit');

describe('settings of a VM', () => {
  it('are those of the Blank template where nothing is said', () => {
    expect(add({})).toEqual(BLANK_SETTINGS);
    expect(add({ cpu: '', os: '', memory_policy: '' })).toEqual(BLANK_SETTINGS);
  });

  it('follow the memory of a new VM', () => {
    expect(add({ memory: String(2 * GIB) })).toMatchObject({ memory: 2 * GIB, memoryGuaranteed: 2 * GIB, memoryMax: 8 * GIB });
    expect(add({ memory: String(2 * GIB), memory_policy: { guaranteed: String(GIB), max: String(3 * GIB) } })).toMatchObject({
      memoryGuaranteed: GIB,
      memoryMax: 3 * GIB,
    });
  });

  it('keep the rest when one thing changes', () => {
    const now = add({
      memory: String(2 * GIB),
      cpu: { topology: { sockets: '2', cores: '3', threads: '1' } },
      os: { kernel: '/k', cmdline: 'quiet' },
    });
    const next = edit(now, { cpu: { topology: { cores: '4' } } });
    expect(changedSettings(now, next)).toEqual(['cores']);
    expect(next).toMatchObject({ sockets: 2, cores: 4, threads: 1, osKernel: '/k' });
  });

  it('shrink the guarantee and raise the maximum with the memory', () => {
    const now = add({ memory: String(2 * GIB) });
    expect(edit(now, { memory: String(GIB) })).toMatchObject({ memory: GIB, memoryGuaranteed: GIB, memoryMax: 8 * GIB });
    expect(edit(now, { memory: String(16 * GIB) })).toMatchObject({ memoryGuaranteed: 2 * GIB, memoryMax: 16 * GIB });
  });

  it('keep what changes nothing here as it was given, member by member', () => {
    const now = add({
      bios: { type: 'Q35_OVMF', boot_menu: { enabled: 'true' } },
      cpu: { mode: 'host_passthrough' },
      custom_properties: { custom_property: { name: 'hugepages', value: '2048' } },
      high_availability: { enabled: 'true' },
    });
    const kept = {
      bios: { type: 'q35_ovmf', boot_menu: { enabled: true } },
      cpu: { mode: 'host_passthrough' },
      custom_properties: { custom_property: [{ name: 'hugepages', value: '2048' }] },
    };
    expect(now.unapplied).toEqual(kept);
    const next = edit(now, { bios: { boot_menu: { enabled: 'false' } }, time_zone: { name: 'Etc/GMT' } });
    expect(next.unapplied).toEqual({
      ...kept,
      bios: { type: 'q35_ovmf', boot_menu: { enabled: false } },
      time_zone: { name: 'Etc/GMT' },
    });
  });

  it('keep the high availability, member by member', () => {
    const now = add({ high_availability: { enabled: 'true', priority: '50' } });
    expect(now).toMatchObject({ highlyAvailable: true, haPriority: 50 });
    expect(edit(now, { high_availability: { priority: '0' } })).toMatchObject({ highlyAvailable: true, haPriority: 0 });
    expect(edit(now, { high_availability: { enabled: 'false' } })).toMatchObject({ highlyAvailable: false, haPriority: 50 });
    expect(edit(now, { high_availability: '' })).toEqual(now);
    expect(() => add({ high_availability: { priority: '101' } })).toThrow("'101' is not an integer from 0 to 100");
  });

  it('keep what the guest is to be told, member by member, and its password sealed', () => {
    const now = add({ initialization: { host_name: 'web', root_password: 'a secret', custom_script: 'runcmd: []', org_license: 'x' } });
    expect(JSON.stringify(now)).not.toContain('a secret');
    expect(shownInitialization(now.initialization)).toEqual({ host_name: 'web', custom_script: 'runcmd: []' });
    const next = edit(now, { initialization: { host_name: 'db' } });
    const all = { host_name: 'db', custom_script: 'runcmd: []', root_password: 'a secret' };
    expect(openInitialization(box, next.initialization)).toEqual(all);
    const without = edit(next, { initialization: { root_password: '' } });
    expect(openInitialization(box, without.initialization)).toEqual({ host_name: 'db', custom_script: 'runcmd: []' });
    expect(shownInitialization(add({}).initialization)).toBeUndefined();
  });

  it('forget a kernel that is emptied, and keep boot devices that are not named', () => {
    const now = add({ os: { kernel: '/k', initrd: '/i', boot: { devices: { device: ['network', 'hd'] } } } });
    expect(edit(now, { os: { kernel: '', initrd: '', boot: { devices: '' } } })).toMatchObject({
      osKernel: null,
      osInitrd: null,
      bootDevices: ['network', 'hd'],
    });
  });

  it.each([
    [{ memory: String(GIB), memory_policy: { guaranteed: String(2 * GIB) } }, 'Physical Memory Guaranteed cannot exceed Memory Size'],
    [{ memory: String(2 * GIB), memory_policy: { max: String(GIB) } }, 'Memory Size cannot exceed the maximum memory'],
    [{ cpu: { topology: { sockets: '16', cores: '25', threads: '1' } } }, '384 CPUs at most'],
    [{ os: { initrd: '/i' } }, 'needs a kernel'],
    [{ os: { cmdline: 'quiet' } }, 'needs a kernel'],
    [{ os: { boot: { devices: { device: ['hd', 'hd'] } } } }, 'named twice'],
    [{ stateless: 'true' }, 'Stateless VMs are not supported'],
  ])('refuse %j', (body, text) => {
    expect(() => add(body)).toThrow(text);
  });
});
