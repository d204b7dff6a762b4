import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { LibvirtLink } from '../libvirt/libvirt.link';
import { DomainSeeds } from './domain-seeds.service';
import { SeedImages } from './seed.images';

/**
 * Removes the seeds of domains that nobody here has ended: when libvirt tells that one has stopped, and, since it tells nobody who is not there, when
 * libvirt is there again and at the agent's start.
 */
@Injectable()
export class SeedSweeper implements OnModuleInit {
  constructor(
    private readonly context: AgentContext,
    private readonly libvirt: LibvirtLink,
    private readonly images: SeedImages,
    private readonly seeds: DomainSeeds,
  ) {}

  async onModuleInit(): Promise<void> {
    this.libvirt.on('connected', () => this.try(() => this.seeds.sweep()));
    this.libvirt.on('domainEvent', (event) => {
      if (event.type === 'lifecycle' && event.event === 'stopped') this.try(() => this.seeds.removeUnlessRunning(event.uuid));
    });
    await this.images.clear();
  }

  private try(remove: () => Promise<void>): void {
    void remove().catch((error: unknown) =>
      this.context.logger.warn({ err: error }, 'Seeds could not be removed; it is tried again when libvirt is there again'),
    );
  }
}
