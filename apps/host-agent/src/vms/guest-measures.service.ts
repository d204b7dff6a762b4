import type { GuestMeasures } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { LibvirtLink } from '../libvirt/libvirt.link';
import { type GuestSample, measuresOf } from './guest-measures.reader';
import { Hypervisor } from './hypervisor';

/** Samples of all domains at one moment, by their uuids. */
interface Samples {
  readonly at: number;
  readonly byId: ReadonlyMap<string, GuestSample>;
}

/** The shortest time (ms) of which rates are told. Who asks within it gets what was measured before. */
const SHORTEST_MS = 1_000;

/** The longest time (ms) of which rates are told: an older sample is of no use. */
const LONGEST_MS = 60_000;

/**
 * Measures what guests use, when it is asked for: from the last time that somebody has asked until now, or for a second. What is not asked for
 * costs nothing.
 */
@Injectable()
export class GuestMeasuresService {
  private before: Samples | undefined;
  private now: Samples | undefined;
  private measuring: Promise<void> | undefined;

  constructor(
    private readonly libvirt: LibvirtLink,
    private readonly hypervisor: Hypervisor,
  ) {}

  /** Of those that are there. One that has come since the last time is measured for a second more. */
  async of(vmIds: readonly string[]): Promise<GuestMeasures[]> {
    await this.together(() => this.measure());
    if (!vmIds.every((vmId) => this.isMeasured(vmId))) await this.together(() => this.measureAnew());
    const measured = await Promise.all(vmIds.map((vmId) => this.ofOne(vmId)));
    return measured.filter((one) => one !== undefined);
  }

  private isMeasured(vmId: string): boolean {
    return this.before?.byId.has(vmId) === true && this.now?.byId.has(vmId) === true;
  }

  private async ofOne(vmId: string): Promise<GuestMeasures | undefined> {
    const [before, now] = [this.before?.byId.get(vmId), this.now?.byId.get(vmId)];
    if (!before || !now) return undefined;
    const domain = await this.hypervisor.find(vmId);
    return domain ? measuresOf(vmId, [before, now], domain.disks) : undefined;
  }

  /** Who asks while it is measured gets what comes of that. */
  private together(work: () => Promise<void>): Promise<void> {
    this.measuring ??= work().finally(() => (this.measuring = undefined));
    return this.measuring;
  }

  private async measure(): Promise<void> {
    const age = this.now ? performance.now() - this.now.at : Infinity;
    if (this.before && age < SHORTEST_MS) return;
    if (!this.now || age > LONGEST_MS) return this.measureAnew();
    await this.measureSince(this.now);
  }

  private async measureAnew(): Promise<void> {
    await this.measureSince(await this.sample());
  }

  private async measureSince(before: Samples): Promise<void> {
    this.before = before;
    await pause(Math.max(0, before.at + SHORTEST_MS - performance.now()));
    this.now = await this.sample();
  }

  private async sample(): Promise<Samples> {
    const at = performance.now();
    const all = await this.libvirt.domains.statistics(['cpu', 'balloon', 'vcpu', 'interface', 'block'], { wait: false });
    return { at, byId: new Map(all.map(({ uuid, fields }) => [uuid, { at, fields }])) };
  }
}
