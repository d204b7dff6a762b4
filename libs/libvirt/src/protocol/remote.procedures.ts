import { array, fixedArray, hyper, int, nothing, opaque, optional, struct, text, uhyper, uint } from '../xdr/xdr.codec';
import { qemu, remote, sensitive } from './procedure';
import { LIST_LIMIT, domain, secret, typedParameters, uuid } from './wire.types';

const SECRET_VALUE_BYTES = 65_536;
const STATISTICS_LIMIT = 4_096;
const NODE_STATISTICS_LIMIT = 16;

const onDomain = struct({ domain });
const onDomainWithFlags = struct({ domain, flags: uint });
const xmlWithFlags = struct({ xml: text, flags: uint });
const deviceXml = struct({ domain, xml: text, flags: uint });
const onSecret = struct({ secret });
const nodeStatistics = struct({ values: array(struct({ field: text, value: uhyper }), NODE_STATISTICS_LIMIT), count: int });

/** Setting up a connection. */
export const connectionProcedures = {
  authList: remote('AUTH_LIST', 66, nothing, array(int, 20)),
  authPolkit: remote('AUTH_POLKIT', 70, nothing, int),
  open: remote('CONNECT_OPEN', 1, struct({ uri: optional(text), flags: uint }), nothing),
  supportsFeature: remote('CONNECT_SUPPORTS_FEATURE', 60, int, int),
  registerDomainEvent: remote('CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY', 316, struct({ eventId: int, domain: optional(domain) }), int),
} as const;

/** The host and its libvirt. */
export const nodeProcedures = {
  libvirtVersion: remote('CONNECT_GET_LIB_VERSION', 157, nothing, uhyper),
  hypervisorVersion: remote('CONNECT_GET_VERSION', 4, nothing, uhyper),
  hostname: remote('CONNECT_GET_HOSTNAME', 59, nothing, text),
  capabilities: remote('CONNECT_GET_CAPABILITIES', 7, nothing, text),
  domainCapabilities: remote(
    'CONNECT_GET_DOMAIN_CAPABILITIES',
    342,
    struct({ emulator: optional(text), arch: optional(text), machine: optional(text), virtType: optional(text), flags: uint }),
    text,
  ),
  info: remote(
    'NODE_GET_INFO',
    6,
    nothing,
    struct({
      model: fixedArray(int, 32),
      memoryKib: uhyper,
      cpus: int,
      mhz: int,
      nodes: int,
      sockets: int,
      cores: int,
      threads: int,
    }),
  ),
  freeMemory: remote('NODE_GET_FREE_MEMORY', 102, nothing, uhyper),
  cpuStatistics: remote('NODE_GET_CPU_STATS', 227, struct({ cpu: int, count: int, flags: uint }), nodeStatistics),
  memoryStatistics: remote('NODE_GET_MEMORY_STATS', 228, struct({ count: int, cell: int, flags: uint }), nodeStatistics),
} as const;

/** Domains as a whole. */
export const domainProcedures = {
  lookupByUuid: remote('DOMAIN_LOOKUP_BY_UUID', 24, uuid, domain),
  allStatistics: remote(
    'CONNECT_GET_ALL_DOMAIN_STATS',
    344,
    struct({ domains: array(domain, LIST_LIMIT), groups: uint, flags: uint }),
    array(struct({ domain, fields: typedParameters(STATISTICS_LIMIT) }), LIST_LIMIT),
  ),
  createXml: remote('DOMAIN_CREATE_XML', 10, xmlWithFlags, domain),
  defineXml: remote('DOMAIN_DEFINE_XML_FLAGS', 350, xmlWithFlags, domain),
  createWithFlags: remote('DOMAIN_CREATE_WITH_FLAGS', 196, onDomainWithFlags, domain),
  undefine: remote('DOMAIN_UNDEFINE_FLAGS', 231, onDomainWithFlags, nothing),
  destroy: remote('DOMAIN_DESTROY_FLAGS', 234, onDomainWithFlags, nothing),
  shutdown: remote('DOMAIN_SHUTDOWN_FLAGS', 258, onDomainWithFlags, nothing),
  reboot: remote('DOMAIN_REBOOT', 27, onDomainWithFlags, nothing),
  reset: remote('DOMAIN_RESET', 245, onDomainWithFlags, nothing),
  suspend: remote('DOMAIN_SUSPEND', 34, onDomain, nothing),
  resume: remote('DOMAIN_RESUME', 28, onDomain, nothing),
  xml: remote('DOMAIN_GET_XML_DESC', 14, onDomainWithFlags, text),
  state: remote('DOMAIN_GET_STATE', 212, onDomainWithFlags, struct({ state: int, reason: int })),
  info: remote(
    'DOMAIN_GET_INFO',
    16,
    onDomain,
    struct({ state: uint, maxMemoryKib: uhyper, memoryKib: uhyper, vcpus: uint, cpuTimeNs: uhyper }),
  ),
  agentCommand: qemu('QEMU_DOMAIN_AGENT_COMMAND', 3, struct({ domain, command: text, timeoutSeconds: int, flags: uint }), optional(text)),
} as const;

/** The memory of domains, in files. */
export const memoryProcedures = {
  createSnapshot: remote('DOMAIN_SNAPSHOT_CREATE_XML', 185, deviceXml, struct({ name: text, domain })),
  restore: remote('DOMAIN_RESTORE_FLAGS', 233, struct({ path: text, xml: optional(text), flags: uint }), nothing),
  savedXml: remote('DOMAIN_SAVE_IMAGE_GET_XML_DESC', 235, struct({ path: text, flags: uint }), text),
  abortJob: remote('DOMAIN_ABORT_JOB', 164, onDomain, nothing),
} as const;

/** Devices and disks of a domain. */
export const deviceProcedures = {
  attach: remote('DOMAIN_ATTACH_DEVICE_FLAGS', 160, deviceXml, nothing),
  detach: remote('DOMAIN_DETACH_DEVICE_FLAGS', 161, deviceXml, nothing),
  detachAlias: remote('DOMAIN_DETACH_DEVICE_ALIAS', 392, struct({ domain, alias: text, flags: uint }), nothing),
  /** Also sets the password of a display. */
  update: sensitive(remote('DOMAIN_UPDATE_DEVICE_FLAGS', 174, deviceXml, nothing)),
  blockResize: remote('DOMAIN_BLOCK_RESIZE', 251, struct({ domain, disk: text, size: uhyper, flags: uint }), nothing),
  blockInfo: remote(
    'DOMAIN_GET_BLOCK_INFO',
    194,
    struct({ domain, disk: text, flags: uint }),
    struct({ allocation: uhyper, capacity: uhyper, physical: uhyper }),
  ),
  blockStatistics: remote(
    'DOMAIN_BLOCK_STATS',
    64,
    struct({ domain, disk: text }),
    struct({ readRequests: hyper, readBytes: hyper, writeRequests: hyper, writeBytes: hyper, errors: hyper }),
  ),
} as const;

/** Secrets. */
export const secretProcedures = {
  defineXml: remote('SECRET_DEFINE_XML', 142, xmlWithFlags, secret),
  setValue: sensitive(remote('SECRET_SET_VALUE', 144, struct({ secret, value: opaque(SECRET_VALUE_BYTES), flags: uint }), nothing)),
  getValue: remote('SECRET_GET_VALUE', 145, struct({ secret, flags: uint }), opaque(SECRET_VALUE_BYTES)),
  undefine: remote('SECRET_UNDEFINE', 146, onSecret, nothing),
  listAll: remote(
    'CONNECT_LIST_ALL_SECRETS',
    287,
    struct({ needResults: int, flags: uint }),
    struct({ secrets: array(secret, LIST_LIMIT), count: uint }),
  ),
} as const;
