const GIB = 1024 ** 3;

/** The whole GiB that hold so many bytes: Cinder knows no smaller unit. */
export function bytesToGiB(bytes: number): number {
  return Math.ceil(bytes / GIB);
}

export function gibToBytes(gib: number): number {
  return gib * GIB;
}
