import { isHostName } from '@clinker/agent-protocol';
import { readSettings } from '@clinker/settings';
import { z } from 'zod';

/** Version of this daemon, as the engine shows it. */
export const AGENT_VERSION = '0.1.0';

const absolutePath = z.string().regex(/^\//, 'an absolute path');

/** What the kernel lets be the name of a bridge: 15 characters. */
const BRIDGE_NAME = /^[^/\s=,]{1,15}$/;

const isMapping = ([network, bridge, ...rest]: readonly string[]): boolean =>
  Boolean(network) && BRIDGE_NAME.test(bridge ?? '') && rest.length === 0;

/** `ovirtmgmt=br0,lan=br1`, as the bridges by the names of the networks. */
const networkBridges = z
  .string()
  .transform((text) => (text === '' ? [] : text.split(',').map((pair) => pair.trim().split('='))))
  .refine((pairs) => pairs.every(isMapping), 'network=bridge,network=bridge …, a bridge of 15 characters at most')
  .transform((pairs) => Object.fromEntries(pairs.map(([network = '', bridge = '']): [string, string] => [network, bridge])));

export const agentSettingsSchema = z.object({
  /** Name by which the engine and the nkey's permissions know this host. */
  CLINKER_HOST_NAME: z.string().refine(isHostName, 'letters, digits, - and _, 63 at most'),
  /** Address of this host on the storage network; part of the connector properties. */
  CLINKER_MY_IP: z.union([z.ipv4(), z.ipv6()]),
  NATS_URL: z.string().regex(/^(nats|tls):\/\//, 'nats://… or tls://…'),
  /** Certificate of the authority that signed the NATS server's; without it the system's authorities count. */
  NATS_CA: absolutePath.optional(),
  NATS_NKEY_SEED_FILE: absolutePath,
  LIBVIRT_SOCKET: absolutePath.default('/run/libvirt/libvirt-sock'),
  /** For what must not survive a reboot and may hold keys: a tmpfs. */
  CLINKER_RUN_FOLDER: absolutePath.default('/run/clinker'),
  /** Where QEMU's serial consoles are logged, one file per VM. */
  CLINKER_CONSOLE_FOLDER: absolutePath.default('/var/log/clinker/consoles'),
  /** Where guests' displays listen, and where clients are sent. Without it nobody can connect to them: they listen on sockets of the host. */
  CLINKER_CONSOLE_ADDRESS: z.union([z.ipv4(), z.ipv6()]).optional(),
  /** Where guests' memory is on its way to and from volumes, in files as large as the memory: not on a tmpfs. */
  CLINKER_MEMORY_FOLDER: absolutePath.default('/var/lib/clinker/memory'),
  /** `kvm`, or `qemu` for full emulation where there is no KVM. */
  CLINKER_EMULATION: z.enum(['kvm', 'qemu']).default('kvm'),
  /** Bridges of networks, as `ovirtmgmt=br0,lan=br1`; the bridge of another network has the network's name. */
  CLINKER_NETWORKS: networkBridges.prefault(''),
  CLINKER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
});

export type AgentSettings = z.infer<typeof agentSettingsSchema>;

/**
 * The agent's settings from environment variables.
 * @throws SettingsError that names every variable that is missing or wrong
 */
export const readAgentSettings = (environment: NodeJS.ProcessEnv = process.env): AgentSettings =>
  readSettings(agentSettingsSchema, environment);
