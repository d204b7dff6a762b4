import { LibvirtClient } from '@clinker/libvirt';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AgentContext } from '../agent.context';

/** The one connection to this host's libvirt; it comes back by itself for as long as the agent runs. */
@Injectable()
export class LibvirtLink extends LibvirtClient implements OnModuleInit, OnApplicationShutdown {
  private up = false;

  constructor(private readonly context: AgentContext) {
    super({ socketPath: context.settings.LIBVIRT_SOCKET, reconnectDelayMs: 250, reconnectWaitMs: 3_000 });
  }

  get isConnected(): boolean {
    return this.up;
  }

  /** Does not wait: the agent joins, and says that it has no libvirt, when libvirt is away. */
  onModuleInit(): void {
    this.on('connected', () => this.told(true));
    this.on('disconnected', () => this.told(false));
    void this.connect().catch((error: unknown) => this.context.logger.warn({ err: error }, 'libvirt is away; the agent goes on trying'));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  private told(up: boolean): void {
    if (this.up === up) return;
    this.up = up;
    this.context.logger.info({ up }, 'The connection to libvirt changed');
  }
}
