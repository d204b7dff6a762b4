import { type Json, body } from '../api.client';
import { labHosts } from '../lab';
import type { LawCourt } from './law-court';

/** A VM that runs while sagas take snapshots of it in an engine that fails. */
export class RunningVm {
  constructor(
    private readonly court: LawCourt,
    readonly id: string,
  ) {}

  get path(): string {
    return `/vms/${this.id}`;
  }

  /** Its snapshots, without the VM as it is now. */
  async snapshots(): Promise<Json[]> {
    const { fork, user } = this.court;
    await fork.ready();
    return (body(await user.api.get(`${this.path}/snapshots`))['snapshot'] ?? []).filter((one) => one['snapshot_type'] !== 'active');
  }

  async removeSnapshots(): Promise<void> {
    for (const { id } of await this.snapshots()) await this.court.user.gone(`${this.path}/snapshots/${id}`);
  }

  /** Begins a saga that takes one. @returns the operation's id */
  async begin(saga: string, wanted: object): Promise<string> {
    await this.removeSnapshots();
    return this.court.begin(saga, (headers) => this.court.user.api.post(`${this.path}/snapshots`, wanted, headers));
  }

  /** Everything agrees, and the guest runs, for libvirt and for the API. */
  async isWell(): Promise<void> {
    await this.court.audit.agrees();
    expect(await this.court.status(this.path)).toBe('up');
    expect(await this.state()).toBe('running');
  }

  /** What libvirt says of the guest; undefined if no host has it. */
  private async state(): Promise<string | undefined> {
    for (const host of labHosts()) {
      const found = await (await this.court.audit.libvirt(host)).domains.state(this.id).catch(() => undefined);
      if (found) return found.state;
    }
    return undefined;
  }
}
