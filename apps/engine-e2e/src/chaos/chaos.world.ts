import type { ApiClient, Json } from '../api.client';
import { Installation } from '../installation';
import { until } from '../lab';

/** Names of everything that chaos makes begin with it. */
export const CHAOS = 'chaos-';

/** The provider of the lab's Cinder behind the proxy that disturbs. */
export const CHAOS_PROVIDER = 'chaos-cinder';

/** A thing as the API last told of it. */
export interface Seen {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** How long (ms) what was seen is taken for true. */
const FRESH_MS = 300;

const seen = (one: Json): Seen => ({ id: one['id']!, name: one['name'] ?? '', status: one['status'] ?? '' });

/** What there is for all users to work on, as the API tells them. */
export class ChaosWorld {
  vms: readonly Seen[] = [];
  disks: readonly Seen[] = [];
  private looked = 0;

  constructor(readonly api: ApiClient) {}

  /** @throws Error while the engine does not answer */
  async look(): Promise<void> {
    if (Date.now() - this.looked < FRESH_MS) return;
    this.looked = Date.now();
    [this.vms, this.disks] = await Promise.all([this.list('vms', 'vm'), this.list('disks', 'disk')]);
  }

  /** Now, and all of it. @throws Error while the engine does not answer */
  async lookAgain(): Promise<void> {
    this.looked = 0;
    await this.look();
  }

  /** Removes everything, as a patient client does. */
  async remove(): Promise<void> {
    await this.lookAgain();
    const user = new Installation(this.api);
    await Promise.all(this.vms.map(({ id }) => this.removeVm(id, user)));
    await this.lookAgain();
    user.created.disks.push(...this.disks.map(({ id }) => id));
    await user.cleanUp();
  }

  /** With its disks: those that have snapshots cannot be without it. */
  private async removeVm(id: string, user: Installation): Promise<void> {
    const { status } = (await this.api.get(`/vms/${id}`)).body;
    if (status !== 'down' && status !== 'image_locked') await this.api.post(`/vms/${id}/stop`);
    await user.vmIs(id, 'down');
    await this.endPreview(id);
    await user.gone(`/vms/${id}`);
  }

  /** A VM that previews a snapshot is not removed. */
  private async endPreview(vmId: string): Promise<void> {
    const isPreviewed = async () => {
      const { snapshot = [] } = (await this.api.get(`/vms/${vmId}/snapshots`)).body;
      return snapshot.some((one) => one['snapshot_status'] === 'in_preview');
    };
    if (!(await isPreviewed())) return;
    await this.api.post(`/vms/${vmId}/undosnapshot`);
    await until('the preview has ended', isPreviewed, (previewed) => !previewed);
  }

  private async list(collection: string, element: string): Promise<Seen[]> {
    const { status, body } = await this.api.get(`/${collection}?search=${encodeURIComponent(`name=${CHAOS}*`)}`);
    if (status !== 200) throw new Error(`The list of ${collection} was refused with ${status}`);
    return (body[element] ?? []).map(seen);
  }
}
