import { chmod, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileTree } from '../testing/files.testing';
import { createImage, labKey, labMonitors, labValue, removeImage } from '../testing/lab.testing';
import { CephConfFiles } from './ceph-conf.file';
import { type RbdAccess, RbdImageInspector } from './rbd-image.inspector';

describe('RbdImageInspector', () => {
  let tree: FileTree;
  let access: RbdAccess;
  const keyFolder = (): string => join(tree.root, 'keys');

  beforeAll(async () => {
    tree = await FileTree.create();
    const configFile = await new CephConfFiles(tree.root).ensure('lab');
    access = { monitors: labMonitors(), configFile, auth: { user: labValue('CEPH_USER'), key: labKey() } };
  });
  afterAll(() => tree.remove());

  it('reads the size of an image and leaves no key behind', async () => {
    const { image, sizeBytes } = await createImage(12);
    await expect(new RbdImageInspector(keyFolder()).size(image, access)).resolves.toBe(sizeBytes);
    await expect(readdir(keyFolder())).resolves.toEqual([]);
    await removeImage(image);
  });

  it('leaves no key behind after a failure, and tells none', async () => {
    const key = Buffer.from('no key of Ceph').toString('base64');
    const asked = new RbdImageInspector(keyFolder()).size('volumes/any', { ...access, auth: { user: 'cinder', key } });
    const error = await asked.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'access_denied' });
    expect(String((error as Error).message)).not.toContain(key);
    await expect(readdir(keyFolder())).resolves.toEqual([]);
  });

  it('gives no key in argv or environment, and kills at its deadline a tool that hangs, with its children', async () => {
    const script = `#!/bin/sh\necho "$0 $*" > ${tree.root}/argv\nenv > ${tree.root}/env\nsleep 1000 &\necho $! > ${tree.root}/child\nwait\n`;
    await tree.write('hangs', script);
    await chmod(join(tree.root, 'hangs'), 0o755);
    const since = performance.now();
    const asked = new RbdImageInspector(keyFolder(), join(tree.root, 'hangs')).size('volumes/any', access);
    await expect(asked).rejects.toMatchObject({ code: 'monitors_unreachable' });
    expect(performance.now() - since).toBeLessThan(5_000);
    const told = (await readFile(join(tree.root, 'argv'), 'utf8')) + (await readFile(join(tree.root, 'env'), 'utf8'));
    expect(told).toContain('--keyfile');
    expect(told).not.toContain(labKey());
    const child = Number(await readFile(join(tree.root, 'child'), 'utf8'));
    expect(await readFile(`/proc/${child}/stat`, 'utf8').catch(() => ' Z ')).toContain(' Z ');
  });

  it('says that the tool is missing', async () => {
    await expect(new RbdImageInspector(keyFolder(), '/no/such/tool').size('volumes/any', access)).rejects.toThrow(/ceph-common/);
  });
});
