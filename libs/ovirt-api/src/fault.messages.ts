import { fault, operationFailed, reasons } from './fault.builder';
import type { Fault } from './fault.builder';

/** A text that clients know, with its HTTP status. `${name}` stands for a parameter. */
export interface Message<Text extends string = string> {
  readonly key: string;
  readonly status: number;
  readonly text: Text;
}

/** Names of the parameters of a text. */
export type MessageParameter<Text extends string> = Text extends `${string}\${${infer Name}}${infer Rest}`
  ? Name | MessageParameter<Rest>
  : never;

type Catalogue<Texts extends Record<string, readonly [number, string]>> = { readonly [Key in keyof Texts]: Message<Texts[Key][1]> };

function catalogue<const Texts extends Record<string, readonly [number, string]>>(texts: Texts): Catalogue<Texts> {
  const entries = Object.entries(texts).map(([key, [status, text]]) => [key, { key, status, text }]);
  return Object.fromEntries(entries) as Catalogue<Texts>;
}

const PREFIX = 'Cannot ${action} ${type}.' as const;

/** oVirt's wordings. Automation matches parts of them: never reword one. */
export const messages = catalogue({
  OBJECT_LOCKED: [409, `${PREFIX} Related operation is currently in progress. Please try again later.`],
  DISK_LOCKED: [409, `${PREFIX} Disk is locked. Please try again in a few minutes.`],
  DISKS_LOCKED: [409, 'Cannot ${action} ${type}: The following disks are locked: ${diskAliases}. Please try again in a few minutes.'],
  DISKS_ILLEGAL: [409, `${PREFIX} The following attached disks are in ILLEGAL status: \${diskAliases} - please remove them and try again.`],
  VM_LOCKED: [409, `${PREFIX} VM is locked. Please try again in a few minutes.`],
  VM_IS_RUNNING: [409, `${PREFIX} VM is running.`],
  VM_IS_NOT_RUNNING: [409, `${PREFIX} VM is not running.`],
  VM_IS_NOT_DOWN: [409, `${PREFIX} At least one of the VMs is not down.`],
  VM_STATUS_ILLEGAL: [409, `${PREFIX} The VM's status is \${status}.`],
  VM_NOT_FOUND: [404, `${PREFIX} VM not found.`],
  VM_DELETE_PROTECTED: [409, `${PREFIX} Delete protection is enabled. In order to delete, disable Delete protection first.`],
  VM_CANNOT_RUN_FROM_DISK_WITHOUT_DISK: [409, 'Cannot run VM without at least one bootable disk.'],
  VM_MIN_MEMORY_CANNOT_EXCEED_MEMORY_SIZE: [400, `${PREFIX} Physical Memory Guaranteed cannot exceed Memory Size.`],
  NO_HOST_FOR_VM: [409, `${PREFIX} There is no host that satisfies current scheduling constraints. See below for details:, \${details}`],
  HOST_STATUS_ILLEGAL: [409, `${PREFIX} Host status is \${status}.`],
  HOT_PLUG_FAILED: [400, 'Failed to hot-plug disk'],
  HOT_UNPLUG_FAILED: [400, 'Failed to hot-unplug disk'],
  NIC_PLUG_FAILED: [400, 'Failed to activate VM Network Interface.'],
  NIC_UNPLUG_FAILED: [400, 'Failed to deactivate VM Network Interface.'],
  NIC_UPDATE_FAILED: [400, 'Failed to update VM Network Interface.'],
  NIC_HOT_UPDATE_NOT_SUPPORTED: [
    409,
    `${PREFIX} Updating some of the properties is not supported while the interface is plugged into a running virtual machine. Please un-plug the interface, update the properties, and then plug it back.`,
  ],
  DISK_NOT_EXIST: [404, `${PREFIX} The specified disk does not exist.`],
  DISK_ALREADY_ATTACHED: [409, `${PREFIX} The disk is already attached to VM(s): \${vmNames}.`],
  DISK_NOT_SHAREABLE: [409, `${PREFIX} Disk \${diskAlias} is not shareable and is already attached to VM(s): \${vmNames}.`],
  DISK_BOOT_IN_USE: [409, `${PREFIX} VM \${vmName} already has a bootable disk \${diskName}.`],
  DISK_ACTIVE_IN_VM: [409, `${PREFIX} The disk is plugged to a running VM: \${vmNames}.`],
  DISK_SIZE_ILLEGAL: [400, `${PREFIX} Disk size must be greater than 0 and at most \${maximum} bytes.`],
  NEW_DISK_SIZE_MUST_BE_LARGER: [400, `${PREFIX} New disk size must be larger than the current disk size.`],
  DISK_CONFIGURATION_NOT_SUPPORTED: [
    400,
    `${PREFIX} Disk configuration (\${volumeFormat} \${volumeType} backup-\${backup}) is incompatible with the storage domain type.`,
  ],
  NAME_ALREADY_USED: [409, `${PREFIX} The \${type} name is already in use, please choose a unique name and try again.`],
  STORAGE_DOMAIN_NOT_EXIST: [404, `${PREFIX} The specified Storage Domain does not exist.`],
  STORAGE_DOMAIN_STATUS_ILLEGAL: [409, `${PREFIX} The relevant Storage Domain's status is \${status}.`],
  STORAGE_DOMAIN_NOT_EMPTY: [409, `${PREFIX} The Storage Domain has disks. Please remove them and try again.`],
  STORAGE_DOMAIN_USED_BY_VMS: [409, `${PREFIX} The Storage Domain has disks that are plugged to running VMs: \${vmNames}.`],
  STORAGE_POOL_NOT_EXIST: [404, `${PREFIX} Data Center doesn't exist.`],
  CLUSTER_NOT_EXIST: [404, `${PREFIX} Cluster doesn't exist.`],
  PROVIDER_NOT_EXIST: [404, `${PREFIX} Provider doesn't exist.`],
  PROVIDER_CONNECTION_FAILED: [
    400,
    `${PREFIX} Failed to communicate with the external provider, see log for additional details. \${details}`,
  ],
  PROVIDER_AUTHENTICATION_FAILED: [400, `${PREFIX} Failed to authenticate with the external provider. \${details}`],
  UNSUPPORTED_OPERATION: [400, `${PREFIX} \${details}`],
  USER_NOT_AUTHORIZED: [403, 'User is not authorized to perform this action.'],
  ENTITY_NOT_FOUND: [404, 'Entity not found: ${entity}'],
  CINDER_VOLUME_TYPE_NOT_EXISTS: [409, "Cinder volume type '${cinderVolumeType}' does not exist."],
  CINDER_DISK_ALREADY_REGISTERED: [409, 'Cinder disk is already registered (${diskAlias}).'],
  CANNOT_ADD_CINDER_DISK_VOLUME_LIMIT_EXCEEDED: [
    409,
    'Maximum number of volumes allowed (${maxTotalVolumes}) exceeded - could not create Cinder disks on Storage Domain ${storageName}',
  ],
  CANNOT_ADD_CINDER_DISK_SNAPSHOT_LIMIT_EXCEEDED: [
    409,
    'Maximum number of snapshots allowed (${maxTotalSnapshots}) exceeded - could not create Cinder disks on Storage Domain ${storageName}',
  ],
  QUOTA_INSUFFICIENT: [409, `${PREFIX} Quota has insufficient \${what} resources. \${details}`],
  DISK_SPACE_LOW: [409, `${PREFIX} Low disk space on Storage Domain \${storageName}.`],
  CINDER_QUOTA_EXCEEDED: [413, `${PREFIX} The quota of the Cinder project is exceeded: \${details}`],
  ERROR_CANNOT_DETACH_CINDER_PROVIDER_WITH_IMAGES: [
    409,
    'Cannot detach a non empty Cinder provider.\n-Please remove all VMs / Templates / Disks and try again.',
  ],
  LIBVIRT_SECRET_UUID_ALREADY_EXISTS: [409, `${PREFIX} Authentication Key UUID already exists.`],
  LIBVIRT_SECRET_UUID_NOT_EXISTS: [409, `${PREFIX} Authentication Key UUID does not exist.`],
  LIBVIRT_SECRET_UUID_CANNOT_BE_EMPTY: [400, `${PREFIX} Authentication Key UUID cannot be empty.`],
  LIBVIRT_SECRET_VALUE_CANNOT_BE_EMPTY: [400, `${PREFIX} Authentication Key value cannot be empty.`],
  LIBVIRT_SECRET_VALUE_ILLEGAL_FORMAT: [400, `${PREFIX} Authentication Key value should be encoded in Base64.`],
  ACTION_TYPE_FAILED_CINDER: [500, "An error occurred on Cinder - '${cinderException}'."],
  ACTION_TYPE_FAILED_CINDER_ALREADY_EXISTS: [500, 'There is already an existing Cinder provider with the same IP address.'],
  ACTION_TYPE_FAILED_UNSUPPORTED_ACTION_FOR_MANAGED_BLOCK_STORAGE_TYPE: [
    400,
    `${PREFIX} Managed Block Storage is not supported this operation.`,
  ],
  ACTION_TYPE_FAILED_CANNOT_FORMAT_MANAGED_BLOCK_STORAGE_DOMAIN: [400, `${PREFIX} Cannot format Managed Block storage domain.`],
  ACTION_TYPE_FAILED_CANNOT_ACTIVATE_MANAGED_BLOCK_STORAGE_DOMAIN: [
    400,
    `${PREFIX} Managed block domain is not supported, please enable the ManagedBlockDomainSupported config value.`,
  ],
  ACTION_TYPE_FAILED_CINDERLIB_DATA_BASE_REQUIRED: [400, `${PREFIX} Cinderlib database is required.`],
  FAILED_TO_CONNECT_MANAGED_BLOCK_DOMAIN: [409, `${PREFIX} Failed to connect to the managed block domain.`],
});

/** A message's text with its parameters filled in; the compiler asks for exactly those that the text has. */
export function renderMessage<Text extends string>(message: Message<Text>, parameters: Record<MessageParameter<Text>, string>): string {
  const values: ReadonlyMap<string, string> = new Map(Object.entries(parameters));
  return message.text.replace(/\$\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole);
}

/** The fault for a message: its text in the brackets of `Operation Failed`. The HTTP status is `message.status`. */
export function messageFault<Text extends string>(message: Message<Text>, parameters: Record<MessageParameter<Text>, string>): Fault {
  return operationFailed(renderMessage(message, parameters));
}

/** The fault for an id that is no UUID. */
export function malformedId(text: string): Fault {
  return fault(reasons.malformedId, `'${text.slice(0, 64)}' is not a valid UUID.`);
}
