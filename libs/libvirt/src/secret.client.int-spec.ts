import { randomBytes, randomUUID } from 'node:crypto';
import { LibvirtClient } from './libvirt.client';
import { LibvirtConnection } from './libvirt.connection';
import { LibvirtErrorCode } from './libvirt-error.codes';
import { secretProcedures } from './protocol/remote.procedures';
import { secretOf } from './protocol/wire.types';
import { labSocketPath } from './testing/lab.socket';

describe('SecretClient on a real libvirtd', () => {
  const client = new LibvirtClient({ socketPath: labSocketPath() });
  const silent = { connected: () => undefined, disconnected: () => undefined, domainEvent: () => undefined };
  const raw = new LibvirtConnection({ socketPath: labSocketPath() }, silent);
  let uuid: string;

  beforeAll(() => Promise.all([client.connect(), raw.connect()]));
  afterAll(() => Promise.all([client.close(), raw.close()]));
  beforeEach(() => {
    uuid = randomUUID();
  });
  afterEach(() => client.secrets.undefine(uuid).catch(() => undefined));

  const xmlOf = (isPrivate: boolean, usage = `ceph:${uuid}:client.test`): string => `
    <secret ephemeral='yes' private='${isPrivate ? 'yes' : 'no'}'>
      <uuid>${uuid}</uuid><usage type='ceph'><name>${usage}</name></usage>
    </secret>`;
  const valueOf = (of: string): Promise<Uint8Array> => raw.call(secretProcedures.getValue, { secret: secretOf(of), flags: 0 });

  it('keeps bytes as they are, zeros too', async () => {
    const value = Uint8Array.from([0, 1, 0, 255, ...randomBytes(60), 0]);
    await client.secrets.define(xmlOf(false));
    await client.secrets.setValue(uuid, value);
    await expect(valueOf(uuid)).resolves.toEqual(value);
  });

  it('takes the largest value that libvirt takes, and refuses a larger one', async () => {
    const value = Uint8Array.from(randomBytes(65_536));
    await client.secrets.define(xmlOf(false));
    await client.secrets.setValue(uuid, value);
    await expect(valueOf(uuid)).resolves.toEqual(value);
    await expect(client.secrets.setValue(uuid, new Uint8Array(65_537))).rejects.toMatchObject({ name: 'XdrError' });
  });

  it('does not give a private value back', async () => {
    await client.secrets.define(xmlOf(true));
    await client.secrets.setValue(uuid, randomBytes(16));
    await expect(valueOf(uuid)).rejects.toMatchObject({ name: 'LibvirtError', code: LibvirtErrorCode.INVALID_SECRET });
  });

  it('may be defined again, and lists what it has without values', async () => {
    const secret = { uuid, usageType: 'ceph', usageId: `ceph:${uuid}:client.test` };
    await expect(client.secrets.define(xmlOf(true))).resolves.toEqual(secret);
    await expect(client.secrets.define(xmlOf(true))).resolves.toEqual(secret);
    await expect(client.secrets.list()).resolves.toContainEqual(secret);
    await client.secrets.undefine(uuid);
    await expect(client.secrets.list()).resolves.not.toContainEqual(secret);
  });

  it('refuses the same secret for another use', async () => {
    await client.secrets.define(xmlOf(true));
    await expect(client.secrets.define(xmlOf(true, 'something else'))).rejects.toMatchObject({ name: 'LibvirtError' });
  });

  it('says NO_SECRET for a secret that is not there', async () => {
    await expect(client.secrets.setValue(uuid, randomBytes(4))).rejects.toMatchObject({ code: LibvirtErrorCode.NO_SECRET });
    await expect(client.secrets.undefine(uuid)).rejects.toMatchObject({ code: LibvirtErrorCode.NO_SECRET });
  });
});
