/** A setting of the engine that clients read, with its value for each version; `general` is for all. */
type SystemOption = Readonly<Record<string, string>>;

/** The versions for which clients ask. */
const VERSIONS = ['4.2', '4.3', '4.4'];

const everywhere = (value: string): SystemOption => ({ general: value });
const perVersion = (value: string): SystemOption => Object.fromEntries(VERSIONS.map((version) => [version, value]));

/** oVirt's names of the settings that clients read, with what holds here. The numbers are the limits of a VM. */
export const SYSTEM_OPTIONS: Readonly<Record<string, SystemOption>> = {
  CopyPreallocatedFileBasedDiskSupported: perVersion('true'),
  ClientModeVncDefault: everywhere('Native'),
  DefaultGeneralTimeZone: everywhere('Etc/GMT'),
  DefaultWindowsTimeZone: everywhere('GMT Standard Time'),
  EnableVmMonitoring: everywhere('false'),
  MaxNumOfCpuPerSocket: perVersion('254'),
  MaxNumOfThreadsPerCpu: perVersion('8'),
  MaxNumOfVmCpus: perVersion('{x86=384,ppc=384,s390x=384}'),
  MaxNumOfVmSockets: perVersion('16'),
  MaxVmNameLength: everywhere('255'),
  ManagedBlockDomainSupported: perVersion('true'),
  PropagateDiskErrors: everywhere('false'),
  UserSessionTimeOutInterval: everywhere('30'),
  VmPriorityMaxValue: everywhere('100'),
};
