export { DeviceClient } from './device.client';
export type { BlockInfo, BlockStatistics, DeviceChangeOptions } from './device.client';
export { DomainClient } from './domain.client';
export type {
  Domain,
  DomainInfo,
  DomainResources,
  DomainStatistics,
  GuestRequestOptions,
  StartOptions,
  StatisticsGroupName,
  UndefineOptions,
} from './domain.client';
export type {
  AgentLifecycleEvent,
  BlockJobEvent,
  DeviceEvent,
  DomainEvent,
  IoErrorEvent,
  LifecycleEvent,
  LifecycleEventName,
  RebootEvent,
} from './domain.events';
export type { DomainState, DomainStateAndReason } from './domain.states';
export { LibvirtClient } from './libvirt.client';
export type { LibvirtClientEvents } from './libvirt.client';
export type { LibvirtConnectionOptions } from './libvirt.connection';
export { LibvirtErrorCode, libvirtErrorCodeName } from './libvirt-error.codes';
export type { LibvirtErrorCodeName } from './libvirt-error.codes';
export { LibvirtConnectionError, LibvirtError } from './libvirt.errors';
export type { LibvirtConnectionFailure } from './libvirt.errors';
export { MemoryClient } from './memory.client';
export { NodeClient } from './node.client';
export type { DomainCapabilitiesOptions, NodeInfo } from './node.client';
export { SecretClient } from './secret.client';
export type { Secret, SecretUsageType } from './secret.client';
export { XdrError } from './xdr/xdr.error';
