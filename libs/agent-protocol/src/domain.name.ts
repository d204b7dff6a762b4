import type { VmDefinition } from './definitions';

/** How much of a VM's name (bytes of UTF-8) fits: libvirt and QEMU make file names of at most 255 bytes of it, with endings of their own. */
const MAX_BYTES = 200;

/** How many characters of the VM's id make the name unique. */
const ID_CHARACTERS = 8;

/** A character of several bytes that is cut in two is left out whole. */
const shortened = (name: string): string =>
  Buffer.from(name)
    .subarray(0, MAX_BYTES)
    .toString()
    .replace(/\uFFFD+$/, '');

/**
 * The name of a VM's domain in libvirt: `web-1-3f2a9c01`, the VM's name as it was at its start and the beginning of its id. Names of VMs are free again
 * when a running VM is renamed, names of domains are not. libvirt makes files of it, so it takes no slash and no control characters.
 */
export const domainNameOf = ({ vmId, name }: Pick<VmDefinition, 'vmId' | 'name'>): string =>
  `${shortened(name.replace(/[/\p{Cc}]/gu, '_').replace(/^\s|\s$/g, '_'))}-${vmId.slice(0, ID_CHARACTERS)}`;
