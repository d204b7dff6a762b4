import { DomainEvent } from '../domain.events';
import { LibvirtClient } from '../libvirt.client';

const WAIT_MS = 15_000;

/** Keeps every domain event of a client from its making on, so that a test can wait for one that came already or is yet to come. */
export class DomainEventRecorder {
  readonly events: DomainEvent[] = [];

  constructor(private readonly client: LibvirtClient) {
    client.on('domainEvent', (event) => this.events.push(event));
  }

  /** The first event that has all of these fields. */
  async next(fields: Readonly<Record<string, string>>): Promise<DomainEvent> {
    const wanted = Object.entries(fields);
    const matches = (event: DomainEvent): boolean =>
      wanted.every(([name, value]) => Object.entries(event).some(([key, own]) => key === name && own === value));
    const earlier = this.events.find(matches);
    if (earlier !== undefined) return earlier;
    return new Promise((resolve, reject) => {
      const look = (event: DomainEvent): void => {
        if (matches(event)) finish(() => resolve(event));
      };
      const timer = setTimeout(() => finish(() => reject(new Error(`no event ${JSON.stringify(fields)} came`))), WAIT_MS);
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.client.off('domainEvent', look);
        settle();
      };
      this.client.on('domainEvent', look);
    });
  }
}
