/** Objects that oVirt has below others too, with all their parts: what belongs to the object itself is the same under both addresses. */
const SECOND_ADDRESSES: readonly RegExp[] = [
  /^\/datacenters\/[^/]+(\/clusters\/[^/]+\/.+)$/,
  /^\/(?:datacenters\/[^/]+\/)?storagedomains\/[^/]+(\/disks\/[^/]+\/(?:permissions|statistics)(?:\/.+)?)$/,
  /^\/networks\/[^/]+(\/vnicprofiles\/[^/]+\/.+)$/,
];

/**
 * The address under which an object's part is served: `/datacenters/D/clusters/C/networks` is `/clusters/C/networks`. Other paths stay.
 * As in oVirt, nobody looks whether the object lies below the other one: what may be done with it is decided by the object alone.
 */
export function firstAddress(path: string): string {
  for (const pattern of SECOND_ADDRESSES) {
    const found = pattern.exec(path)?.[1];
    if (found !== undefined) return found;
  }
  return path;
}
