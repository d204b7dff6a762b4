import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileTree } from '../testing/files.testing';
import { ensureHostNqn } from './host-nqn.file';

describe('ensureHostNqn', () => {
  let tree: FileTree;
  beforeEach(async () => (tree = await FileTree.create({ 'usr/sbin/nvme': '' })));
  afterEach(() => tree.remove());
  const nqn = (): Promise<string | null> => readFile(join(tree.root, 'etc/nvme/hostnqn'), 'utf8').catch(() => null);

  it('makes a name of the machine’s UUID', async () => {
    await tree.write('sys/class/dmi/id/product_uuid', 'AB12\n');
    await ensureHostNqn(tree.root);
    await expect(nqn()).resolves.toBe('nqn.2014-08.org.nvmexpress:uuid:ab12\n');
  });

  it('makes a random name without it, once', async () => {
    await ensureHostNqn(tree.root);
    const first = await nqn();
    expect(first).toMatch(/^nqn\.2014-08\.org\.nvmexpress:uuid:[0-9a-f-]{36}\n$/);
    await ensureHostNqn(tree.root);
    await expect(nqn()).resolves.toBe(first);
  });

  it('leaves a host without nvme-cli alone', async () => {
    const bare = await FileTree.create();
    await ensureHostNqn(bare.root);
    await expect(readFile(join(bare.root, 'etc/nvme/hostnqn'))).rejects.toThrow('ENOENT');
    await bare.remove();
  });
});
