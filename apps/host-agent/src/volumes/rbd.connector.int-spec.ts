import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SecretsService } from '../secrets/secrets.service';
import { FileTree } from '../testing/files.testing';
import { createImage, labKey, labMonitors, labValue, removeImage } from '../testing/lab.testing';
import { CephConfFiles } from './ceph-conf.file';
import { RbdConnector } from './rbd.connector';
import { RbdImageInspector } from './rbd-image.inspector';

const SECRET = '3d7d9d7c-5a63-4ed5-9b4b-1d3ec4d2f8a1';

describe('RbdConnector', () => {
  let tree: FileTree;
  let made: { image: string; sizeBytes: number };
  let connector: RbdConnector;

  beforeEach(async () => {
    tree = await FileTree.create();
    await tree.write('counted', `#!/bin/sh\necho look >> ${tree.root}/looks\nexec rbd "$@"\n`);
    await chmod(join(tree.root, 'counted'), 0o755);
    made = await createImage(12);
    const secrets = { key: () => Promise.resolve(labKey()) } as unknown as SecretsService;
    const inspector = new RbdImageInspector(join(tree.root, 'keys'), join(tree.root, 'counted'));
    connector = new RbdConnector(secrets, new CephConfFiles(tree.root), inspector);
  });
  afterEach(async () => {
    await removeImage(made.image);
    await tree.remove();
  });

  const looks = async () => (await readFile(join(tree.root, 'looks'), 'utf8')).match(/look/g)?.length;
  const volume = (image = made.image) => ({
    source: { kind: 'rbd' as const, clusterId: 'lab', image, monitors: labMonitors(), user: labValue('CEPH_USER'), secretUuid: SECRET },
    sizeBytes: made.sizeBytes,
  });

  it('looks once at an image that it was told to expect', async () => {
    await connector.expect(volume());
    await expect(connector.connect(volume())).resolves.toMatchObject({ image: made.image });
    expect(await looks()).toBe(1);
  });

  it('looks again each time that it was not', async () => {
    await connector.expect(volume());
    await connector.connect(volume());
    await connector.connect(volume());
    expect(await looks()).toBe(2);
  });

  it('uses nothing of another image, or of one that it could not see', async () => {
    await connector.expect(volume('volumes/not-there'));
    await expect(connector.connect(volume())).resolves.toMatchObject({ image: made.image });
    await connector.expect(volume('volumes/not-there'));
    await expect(connector.connect(volume('volumes/not-there'))).rejects.toMatchObject({ code: 'image_not_found' });
    await connector.expect(volume());
    await expect(connector.connect({ ...volume(), sizeBytes: 1 })).rejects.toMatchObject({ code: 'image_size_differs' });
  });
});
