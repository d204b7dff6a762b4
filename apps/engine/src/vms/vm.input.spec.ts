import { readInput } from '@clinker/ovirt-api';
import { addVmSchema, updateVmSchema } from './vm.input';

const NAMES = { name: 'web', cluster: { name: 'Default' }, template: { name: 'Blank' } };
const add = (body: object) => readInput(addVmSchema, body, { type: 'Vm', method: 'add' });

describe('a new VM as clients send it', () => {
  it('needs a name, a cluster and a template', () => {
    expect(() => add({})).toThrow('Vm [name, cluster, template] required for add');
    expect(() => add({ ...NAMES, cluster: {} })).toThrow('Vm [cluster.id|name] required for add');
  });

  it('may bring parts that mean nothing here', () => {
    expect(add({ ...NAMES, cpu: '', disk_attachments: '', status: 'up', unknown: { deep: 'x' }, initialization: '' })).toEqual({
      ...NAMES,
      cpu: {},
      disk_attachments: [],
      initialization: {},
    });
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'two words' }, "letters, numbers and '_', '-', '.'"],
    [{ name: 'x'.repeat(256) }, '255'],
    [{ memory: '0' }, 'not an integer from'],
    [{ memory: '-1' }, 'not an integer from'],
    [{ memory: '1e9' }, 'not an integer'],
    [{ memory: '1073741825' }, 'multiple of 1 MiB'],
    [{ memory: '99999999999999999999' }, 'not an integer'],
    [{ cpu: { topology: { sockets: '0' } } }, 'not an integer from 1'],
    [{ type: 'laptop' }, 'laptop is not a member of VmType'],
    [{ os: { boot: { devices: { device: ['floppy'] } } } }, 'floppy is not a member of BootDevice'],
    [{ os: { kernel: 'vmlinuz' } }, 'absolute path'],
    [{ os: { kernel: '/boot/vmlinuz,readonly=off' } }, 'absolute path'],
    [{ cluster: { id: 'x' } }, 'not a valid UUID'],
    [{ delete_protected: 'yes' }, 'not a boolean'],
    [{ description: 'x'.repeat(4001) }, '4000'],
  ])('is refused with %j', (wrong, text) => {
    expect(() => add({ ...NAMES, ...wrong })).toThrow(text);
  });

  it('reads every value in its own type', () => {
    const body = {
      ...NAMES,
      memory: '536870912',
      delete_protected: 'true',
      type: 'SERVER',
      os: { boot: { devices: { device: 'network' } } },
    };
    expect(add(body)).toMatchObject({
      memory: 536_870_912,
      delete_protected: true,
      type: 'server',
      os: { boot: { devices: ['network'] } },
    });
  });
});

it('takes the names of operating systems that nobody knows for other, as oVirt does', () => {
  expect(add({ ...NAMES, os: { type: 'Other OS' } })).toMatchObject({ os: { type: 'other' } });
});

describe('changes of a VM', () => {
  it('may be nothing', () => {
    expect(readInput(updateVmSchema, {}, { type: 'Vm', method: 'update' })).toEqual({});
  });
});
