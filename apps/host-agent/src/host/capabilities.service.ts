import type { Capabilities, Heartbeat } from '@clinker/agent-protocol';
import { EventEmitter } from 'node:events';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { AGENT_VERSION } from '../agent.settings';
import { LibvirtLink } from '../libvirt/libvirt.link';
import { type ConnectorProperties, ConnectorPropertiesReader } from './connector-properties.reader';
import { MachineReader } from './machine.reader';

/** What this host is and can. `changed` when libvirt came back, maybe as another version. */
@Injectable()
export class CapabilitiesService extends EventEmitter<{ changed: [] }> implements OnModuleInit {
  private versions = { libvirtVersion: '', qemuVersion: '' };

  constructor(
    private readonly context: AgentContext,
    private readonly libvirt: LibvirtLink,
    private readonly connector: ConnectorPropertiesReader,
    private readonly machine: MachineReader,
  ) {
    super();
  }

  onModuleInit(): void {
    this.libvirt.on('connected', () => void this.learnVersions());
  }

  async describe(): Promise<Capabilities> {
    const [bootId, os, hardwareUuid, cpu, memory, changeable] = await Promise.all([
      this.machine.bootId(),
      this.machine.operatingSystem(),
      this.machine.hardwareUuid(),
      this.machine.processor(),
      this.machine.memory(),
      this.changeable(),
    ]);
    return {
      hostName: this.context.hostName,
      address: this.context.settings.CLINKER_MY_IP,
      agentVersion: AGENT_VERSION,
      emulation: this.context.settings.CLINKER_EMULATION,
      memoryBytes: memory.totalBytes,
      networkBridges: this.context.settings.CLINKER_NETWORKS,
      ...{ bootId, hardwareUuid, cpu },
      ...changeable,
      ...os,
      ...this.versions,
    };
  }

  /** How the host is at this moment. */
  async pulse(): Promise<Pick<Heartbeat, 'bootId' | 'libvirtConnected' | 'memoryFreeBytes'>> {
    const [bootId, memory] = await Promise.all([this.machine.bootId(), this.machine.memory()]);
    return { bootId, libvirtConnected: this.libvirt.isConnected, memoryFreeBytes: memory.availableBytes };
  }

  /** What operators change while the agent runs. */
  async changeable(): Promise<{ connector: ConnectorProperties; bridges: string[] }> {
    const identity = { host: this.context.hostName, ip: this.context.settings.CLINKER_MY_IP };
    const [connector, bridges] = await Promise.all([this.connector.read(identity), this.machine.bridges()]);
    return { connector, bridges };
  }

  /**
   * A libvirtd that has just started looks at all its QEMUs first, which takes seconds: nobody waits for that. Until then the versions are
   * the last known ones, or empty.
   */
  private async learnVersions(): Promise<void> {
    try {
      const [libvirtVersion, qemuVersion] = await Promise.all([this.libvirt.node.libvirtVersion(), this.libvirt.node.hypervisorVersion()]);
      this.versions = { libvirtVersion, qemuVersion };
    } catch (error) {
      this.context.logger.warn({ err: error }, 'The versions of libvirt and QEMU are not known');
    }
    this.emit('changed');
  }
}
