import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FileTree } from '../testing/files.testing';
import { CephConfFiles, clusterOfConf } from './ceph-conf.file';

test('a conf file bounds how long librados waits for monitors, and leaves the guest’s I/O alone', async () => {
  const tree = await FileTree.create();
  const folder = join(tree.root, 'ceph');
  const conf = new CephConfFiles(folder);
  const paths = await Promise.all([conf.ensure('c-1'), conf.ensure('c-1'), conf.ensure('c-2')]);
  expect(await readdir(folder)).toEqual(['c-1.conf', 'c-2.conf']);
  const text = await readFile(paths[0], 'utf8');
  expect(text).toMatch(/^client_mount_timeout = 3$/m);
  expect(text).toMatch(/^rados_mon_op_timeout = 3$/m);
  expect(text).not.toContain('rados_osd_op_timeout');
  expect(clusterOfConf(paths[2])).toBe('c-2');
  await tree.remove();
});
