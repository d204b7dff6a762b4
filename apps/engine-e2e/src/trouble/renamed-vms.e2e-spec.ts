import { randomUUID } from 'node:crypto';
import { body } from '../api.client';
import { BARE_VM } from '../installation';
import { TROUBLE_MS, TroubleBed } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

describe('a VM that is renamed while it runs', () => {
  const bed = new TroubleBed();
  const { user, api } = bed;

  beforeAll(() => bed.open());
  afterAll(async () => {
    await bed.settle();
    await bed.close();
  });

  it('leaves its old name to another VM, also on the same host', async () => {
    const name = `e2e-${randomUUID().slice(0, 8)}`;
    const first = await user.vm({ ...BARE_VM, name, os: { type: 'other_linux', boot: { devices: { device: ['network'] } } } });
    await user.start(first);
    body(await api.put(`/vms/${first}`, { name: `${name}-renamed` }), 200);
    const second = await user.vm({ ...BARE_VM, name, os: { type: 'other_linux', boot: { devices: { device: ['network'] } } } });
    await user.start(second);
    await bed.audit.agrees();
  });
});
