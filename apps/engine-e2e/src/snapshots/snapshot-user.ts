import { type Json, body } from '../api.client';
import { Installation, guestOs } from '../installation';
import { inLab, labValue, until } from '../lab';

/** What a user does with the snapshots of one VM whose guest writes markers to its disk. */
export class SnapshotUser {
  readonly user = new Installation();
  vmId = '';
  diskId = '';

  get api() {
    return this.user.api;
  }

  /** A VM with one disk of its own. @param disk what is other than usual */
  async prepare(disk: object = {}): Promise<void> {
    [this.vmId, this.diskId] = await Promise.all([this.user.vm(), this.user.disk(disk)]);
    await this.user.attach(this.vmId, this.diskId, { interface: 'virtio', bootable: 'true' });
  }

  /** {@link prepare}, and starts the VM. Its guest has an agent, and counts in a file on the disk for as long as it runs. */
  async prepareWorking(): Promise<void> {
    await this.prepare();
    const os = { ...guestOs('clinker.filesystem=vda'), initrd: labValue('LAB_GUEST_AGENT_INITRD') };
    body(await this.api.put(`/vms/${this.vmId}`, { os }), 200);
    await this.user.start(this.vmId);
    await this.user.guestSays(this.vmId, 'clinker-guest: counted 3');
  }

  /** Lets the guest write a text to the disk, and stops it. */
  async write(text: string): Promise<void> {
    const os = guestOs(`clinker.marker=${text} clinker.disk=${this.diskId}`);
    body(await this.api.put(`/vms/${this.vmId}`, { os }), 200);
    await this.user.start(this.vmId);
    await this.user.guestSays(this.vmId, 'clinker-guest: wrote marker');
    await this.user.stop(this.vmId);
  }

  /** The first bytes of the volume that the disk has now, as Ceph has them. */
  async read(length: number, diskId = this.diskId): Promise<string> {
    const volume = body(await this.api.get(`/disks/${diskId}`))['image_id']!;
    return inLab('ceph', 'bash', '-c', `rbd export --no-progress volumes/volume-${volume} - | head -c ${length}`);
  }

  async list(): Promise<Json[]> {
    return body(await this.api.get(`/vms/${this.vmId}/snapshots`))['snapshot'] ?? [];
  }

  /** Takes a snapshot, and waits until it is there. */
  async take(description: string, changes: object = {}): Promise<string> {
    const id = body(await this.api.post(`/vms/${this.vmId}/snapshots`, { description, ...changes }), 202)['id']!;
    await this.is(id, 'ok');
    return id;
  }

  async is(id: string, status: string): Promise<void> {
    await until(
      `snapshot ${id} ${status}`,
      async () => (await this.api.get(`/vms/${this.vmId}/snapshots/${id}`)).body,
      (seen) => seen['snapshot_status'] === status,
    );
  }

  async act(action: string, input: object = {}): Promise<void> {
    body(await this.api.post(`/vms/${this.vmId}/${action}`, input), 200);
    await this.user.vmIs(this.vmId, 'down');
  }

  async preview(id: string, disks?: object[]): Promise<void> {
    await this.act('previewsnapshot', { snapshot: { id }, ...(disks && { disks: { disk: disks } }) });
    await this.is(id, 'in_preview');
  }

  remove(id: string): Promise<void> {
    return this.user.gone(`/vms/${this.vmId}/snapshots/${id}`);
  }
}
