import { machine } from 'node:os';
import { HostFiles } from './host.files';
import { isLightosDiscoveryRunning } from './lightos.probe';
import { isMultipathdRunning } from './multipathd.probe';
import { type RunProgram, runProgram } from './program';
import { RootFilesystemReader } from './root-filesystem.reader';

/** The host's answer to Cinder's question "who connects": os-brick's keys, of which one has a space in it. */
export type ConnectorProperties = Record<string, string | boolean | string[] | null>;

export interface ConnectorIdentity {
  readonly host: string;
  readonly ip: string;
}

/** What the reader looks at; another root and other probes in tests. */
export interface ConnectorSources {
  readonly files?: HostFiles;
  readonly run?: RunProgram;
  readonly multipathd?: () => Promise<boolean>;
  readonly lightos?: () => Promise<boolean>;
}

/**
 * Connector properties as os-brick 6.1's `get_connector_properties(…, multipath=True, enforce_multipath=False)` gives them, key by key,
 * but by reading files: os-brick starts six processes for the same. A key is absent where os-brick leaves it out.
 */
export class ConnectorPropertiesReader {
  private readonly files: HostFiles;
  private readonly run: RunProgram;
  private readonly root: RootFilesystemReader;
  private readonly multipathd: () => Promise<boolean>;
  private readonly lightos: () => Promise<boolean>;
  private dmidecoded: Promise<string | null> | undefined;

  constructor(sources: ConnectorSources = {}) {
    this.files = sources.files ?? new HostFiles();
    this.run = sources.run ?? runProgram;
    this.multipathd = sources.multipathd ?? (() => isMultipathdRunning());
    this.lightos = sources.lightos ?? (() => isLightosDiscoveryRunning());
    this.root = new RootFilesystemReader(this.files, this.run);
  }

  async read(identity: ConnectorIdentity): Promise<ConnectorProperties> {
    const [multipath, initiator, fibreChannel, nvme, uuid, systemUuid] = await Promise.all([
      this.multipathd(),
      this.initiator(),
      this.fibreChannel(),
      this.nvme(),
      this.root.uuid(),
      this.systemUuid(),
    ]);
    return {
      platform: machine(),
      os_type: process.platform,
      ...identity,
      multipath,
      do_local_attach: false,
      ...(initiator ? { initiator } : {}),
      ...fibreChannel,
      ...nvme,
      ...(uuid ? { uuid } : {}),
      ...(systemUuid ? { 'system uuid': systemUuid } : {}),
    };
  }

  /** The first line that begins with the key exactly; leading spaces and `InitiatorAlias` do not match. */
  private async initiator(): Promise<string | null> {
    const text = (await this.files.text('etc/iscsi/initiatorname.iscsi')) ?? '';
    const line = text.split('\n').find((each) => each.startsWith('InitiatorName='));
    return line?.slice('InitiatorName='.length).trim() || null;
  }

  /** World wide names of the ports that are online; a host adapter that cannot be read whole is left out. */
  private async fibreChannel(): Promise<{ wwpns?: string[]; wwnns?: string[] }> {
    const names = await this.files.names('sys/class/fc_host');
    const ports = (await Promise.all(names.map((name) => this.fibreChannelPort(name)))).filter((port) => port !== null);
    if (ports.length === 0) return {};
    return { wwpns: ports.map((port) => port.wwpn), wwnns: ports.map((port) => port.wwnn) };
  }

  private async fibreChannelPort(name: string): Promise<{ wwpn: string; wwnn: string } | null> {
    const read = (attribute: string): Promise<string | null> => this.files.value(`sys/class/fc_host/${name}/${attribute}`);
    const [port, node, state] = await Promise.all([read('port_name'), read('node_name'), read('port_state')]);
    if (port === null || node === null || state !== 'Online') return null;
    return { wwpn: port.replaceAll('0x', ''), wwnn: node.replaceAll('0x', '') };
  }

  private async nvme(): Promise<ConnectorProperties> {
    const [nqn, native] = await Promise.all([
      this.files.value('etc/nvme/hostnqn'),
      this.files.value('sys/module/nvme_core/parameters/multipath'),
    ]);
    const known = nqn ? { nqn, found_dsc: (await this.lightos()) ? 'found' : '' } : {};
    return { ...known, nvme_native_multipath: native === 'Y' };
  }

  private async systemUuid(): Promise<string | null> {
    const uuid = await this.files.value('sys/class/dmi/id/product_uuid');
    if (uuid !== null) return uuid || null;
    this.dmidecoded ??= this.run('dmidecode', ['-ssystem-uuid']);
    return (await this.dmidecoded)?.trim() || null;
  }
}
