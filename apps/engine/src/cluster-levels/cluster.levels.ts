/** Compatibility levels of the 4.4 line that clients may name. */
export const CLUSTER_LEVELS = ['4.2', '4.3', '4.4', '4.5', '4.6'] as const;

/** A processor type of clusters; the greater its level, the more it can. */
export interface CpuType {
  readonly name: string;
  readonly level: number;
}

/** oVirt's processor types of x86_64. Guests get the host's processor whatever is chosen. */
export const CPU_TYPES: readonly CpuType[] = [
  { name: 'Intel Nehalem Family', level: 2 },
  { name: 'Secure Intel Nehalem Family', level: 3 },
  { name: 'Intel Westmere Family', level: 4 },
  { name: 'Secure Intel Westmere Family', level: 5 },
  { name: 'Intel SandyBridge Family', level: 6 },
  { name: 'Secure Intel SandyBridge Family', level: 7 },
  { name: 'Intel IvyBridge Family', level: 8 },
  { name: 'Secure Intel IvyBridge Family', level: 9 },
  { name: 'Intel Haswell Family', level: 10 },
  { name: 'Secure Intel Haswell Family', level: 11 },
  { name: 'Intel Broadwell Family', level: 12 },
  { name: 'Secure Intel Broadwell Family', level: 13 },
  { name: 'Intel Skylake Client Family', level: 14 },
  { name: 'Secure Intel Skylake Client Family', level: 15 },
  { name: 'Intel Skylake Server Family', level: 16 },
  { name: 'Secure Intel Skylake Server Family', level: 17 },
  { name: 'Intel Cascadelake Server Family', level: 18 },
  { name: 'Secure Intel Cascadelake Server Family', level: 19 },
  { name: 'Intel Icelake Server Family', level: 20 },
  { name: 'Secure Intel Icelake Server Family', level: 21 },
  { name: 'AMD Opteron G4', level: 2 },
  { name: 'AMD Opteron G5', level: 3 },
  { name: 'AMD EPYC', level: 4 },
  { name: 'Secure AMD EPYC', level: 5 },
];
