// @ts-check
/**
 * Builds the lab's guest: Debian's cloud kernel and an initramfs with busybox and the virtio modules; a second one has QEMU's guest agent too.
 * Answers at once when a guest of the same sources is there.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { readIfThere, writeFile } from '../lab/kernel/files.mjs';
import { LabError, run } from '../lab/kernel/run.mjs';

const SOURCES = path.dirname(fileURLToPath(import.meta.url));
const META_PACKAGE = 'linux-image-cloud-amd64';

/** In the order of loading; what they need is found by modprobe. */
const MODULES = ['virtio_pci', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'virtio_net', 'virtio_console', 'button', 'evdev', 'sr_mod', 'isofs'];

/** Loading the driver waits until its disks are found. */
const MODULE_OPTIONS = /** @type {Record<string, string>} */ ({ 'scsi_mod.ko': 'scan=sync' });

/** Files of the initramfs by their source beside this file. */
const SCRIPTS = {
  init: 'init',
  look: 'bin/look',
  mark: 'bin/mark',
  seed: 'bin/seed',
  count: 'bin/count',
  'power-button': 'etc/acpi/PWRF/00000080',
};

/** What the initramfs with the guest agent has besides. */
const AGENT_PACKAGE = 'qemu-guest-agent';
const AGENT_SCRIPTS = { agent: 'bin/agent' };

function sourcesDigest() {
  const hash = createHash('sha256');
  for (const file of [...Object.keys(SCRIPTS), ...Object.keys(AGENT_SCRIPTS), 'build.mjs'])
    hash.update(readFileSync(path.join(SOURCES, file)));
  return hash.digest('hex');
}

/** @param {string} target folder that gets vmlinuz and initrd.img */
export function isGuestBuilt(target) {
  return existsSync(`${target}/initrd.img`) && readIfThere(`${target}/sources`) === sourcesDigest();
}

/** Name of the package with the current kernel. */
async function kernelPackage() {
  const { stdout } = await run('apt-cache', ['depends', META_PACKAGE]);
  const name = /Depends: (linux-image-\S+-cloud-amd64)/.exec(stdout)?.[1];
  if (!name) throw new LabError(`apt knows no ${META_PACKAGE}: is main of Debian 12 among its sources?`);
  return name;
}

/** @param {string} name @param {string} folder */
async function fetchPackage(name, folder) {
  const find = () => readdirSync(folder).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'));
  mkdirSync(folder, { recursive: true });
  const download = (/** @type {boolean} */ mayFail) =>
    run('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', name], { cwd: folder, mayFail });
  if (!find() && (await download(true)).code !== 0) {
    await run('apt-get', ['update', '-q']);
    await download(false);
  }
  return path.join(folder, find() ?? '');
}

/** Files of the modules and of what they need, in the order of loading. @param {string} tree @param {string} version */
async function modulesOf(tree, version) {
  await run('depmod', ['-b', tree, version]);
  const { stdout } = await run('modprobe', ['-a', '-d', tree, '-S', version, '--show-depends', ...MODULES]);
  const files = stdout
    .split('\n')
    .filter((line) => line.startsWith('insmod '))
    .map((line) => line.split(' ')[1] ?? '');
  return [...new Set(files)];
}

/** @param {string} root @param {string[]} modules */
function fillRoot(root, modules) {
  for (const folder of ['bin', 'modules', 'etc/acpi/PWRF', 'dev', 'proc', 'sys', 'run'])
    mkdirSync(`${root}/${folder}`, { recursive: true });
  cpSync('/bin/busybox', `${root}/bin/busybox`);
  for (const [source, target] of Object.entries(SCRIPTS)) cpSync(path.join(SOURCES, source), `${root}/${target}`);
  const names = modules.map((module) => path.basename(module));
  modules.forEach((module, index) => cpSync(module, `${root}/modules/${names[index]}`));
  const order = names.map((name) => `${name} ${MODULE_OPTIONS[name] ?? ''}`.trim());
  writeFileSync(`${root}/modules/order`, `${order.join('\n')}\n`);
}

/** The guest agent with the libraries that it needs, which every machine with QEMU has. @param {string} work @param {string} root @param {string} cache */
async function fillAgentRoot(work, root, cache) {
  const archive = await fetchPackage(AGENT_PACKAGE, cache);
  await run('dpkg-deb', ['-x', archive, `${work}/agent-tree`]);
  const program = `${work}/agent-tree/usr/sbin/qemu-ga`;
  const { stdout } = await run('ldd', [program]);
  const libraries = [...stdout.matchAll(/(\/\S+)/g)].map(([, file]) => file ?? '');
  mkdirSync(`${root}/bin`, { recursive: true });
  cpSync(program, `${root}/bin/qemu-ga`);
  for (const [source, target] of Object.entries(AGENT_SCRIPTS)) cpSync(path.join(SOURCES, source), `${root}/${target}`);
  for (const library of libraries) {
    mkdirSync(path.dirname(`${root}${library}`), { recursive: true });
    cpSync(realpathSync(library), `${root}${library}`);
  }
}

/** @param {string} root @param {string} image @param {Record<string, string>} scripts */
async function pack(root, image, scripts) {
  await run('chmod', ['755', ...Object.values(scripts).map((target) => `${root}/${target}`)]);
  await run('sh', ['-c', `find . | cpio --quiet -o -H newc -R 0:0 > '${image}.cpio'`], { cwd: root });
  writeFileSync(image, gzipSync(readFileSync(`${image}.cpio`), { level: 1 }));
  rmSync(`${image}.cpio`);
}

/** @param {string} work @param {string} target @param {string} cache */
async function buildIn(work, target, cache) {
  const archive = await fetchPackage(await kernelPackage(), cache);
  await run('dpkg-deb', ['-x', archive, `${work}/tree`]);
  const version = readdirSync(`${work}/tree/lib/modules`)[0] ?? '';
  fillRoot(`${work}/root`, await modulesOf(`${work}/tree`, version));
  await pack(`${work}/root`, `${work}/initrd.img`, SCRIPTS);
  await fillAgentRoot(work, `${work}/agent-root`, cache);
  await pack(`${work}/agent-root`, `${work}/agent.img`, AGENT_SCRIPTS);
  mkdirSync(target, { recursive: true });
  writeFileSync(`${target}/initrd-agent.img`, Buffer.concat([readFileSync(`${work}/initrd.img`), readFileSync(`${work}/agent.img`)]));
  renameSync(`${work}/tree/boot/vmlinuz-${version}`, `${target}/vmlinuz`);
  renameSync(`${work}/initrd.img`, `${target}/initrd.img`);
  writeFile(`${target}/sources`, sourcesDigest());
}

/**
 * @param {string} target folder that gets vmlinuz, initrd.img and initrd-agent.img
 * @param {string} cache folder for the packages
 */
export async function buildGuest(target, cache) {
  if (isGuestBuilt(target)) return;
  mkdirSync(path.dirname(target), { recursive: true });
  const work = mkdtempSync(`${target}.`);
  try {
    await buildIn(work, target, cache);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
