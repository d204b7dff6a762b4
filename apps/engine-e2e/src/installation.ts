import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ApiClient, type Json, body } from './api.client';
import { labHosts, labValue, until } from './lab';

const GIB = 1024 ** 3;

/** The provider of the lab's Cinder, which the demo uses as well: an account of Cinder belongs to one provider. */
export const PROVIDER = 'ceph-by-cinder';

/** What a user has to send to add the lab's Cinder. */
export const providerBody = (changes: object = {}): object => ({
  name: PROVIDER,
  authentication_url: labValue('OS_AUTH_URL'),
  requires_authentication: 'true',
  username: labValue('LAB_CINDER_USER'),
  password: labValue('LAB_CINDER_PASSWORD'),
  tenant_name: labValue('LAB_CINDER_PROJECT'),
  data_center: { name: 'Default' },
  ...changes,
});

/** The key that lets hosts open the lab's volumes. */
export const keyBody = (value = readFileSync(labValue('CEPH_KEY_FILE'), 'utf8').trim()): object => ({
  uuid: labValue('CEPH_SECRET_UUID'),
  usage_type: 'ceph',
  value,
  description: 'the key of client.cinder',
});

/** Everyday actions of a user, on the engine in the lab. Names are unique, so that specs do not meet. */
export class Installation {
  readonly created: { vms: string[]; disks: string[] } = { vms: [], disks: [] };

  constructor(readonly api = new ApiClient()) {}

  /** Adds provider and key unless they are there, and waits until the domain is active and a host has the key. */
  async ensureStorage(): Promise<{ providerId: string; domainId: string }> {
    const provider = (await this.provider()) ?? body(await this.api.post('/openstackvolumeproviders', providerBody()), 201, 202);
    const providerId = provider['id']!;
    const keys =
      body(await this.api.get(`/openstackvolumeproviders/${providerId}/authenticationkeys`))['openstack_volume_authentication_key'] ?? [];
    if (keys.length === 0) body(await this.api.post(`/openstackvolumeproviders/${providerId}/authenticationkeys`, keyBody()), 201);
    const domain = await this.domainPath();
    if ((await this.api.get(domain)).body['status'] === 'maintenance') body(await this.api.post(`${domain}/activate`), 200);
    const domainId = await this.activeDomain();
    return { providerId, domainId };
  }

  /**
   * Removes the provider, with what runs of the tests that were cut off have left, in the order that oVirt wants.
   * @returns false if somebody else has disks there: then it stays
   */
  async removeStorage(): Promise<boolean> {
    await this.removeLeftovers();
    const provider = await this.provider();
    if (!provider) return true;
    const domain = await this.domainPath();
    const disks = body(await this.api.get(`${domain}/disks`))['disk'] ?? [];
    if (disks.length > 0) return false;
    if ((await this.api.get(domain)).body['status'] === 'active') body(await this.api.post(`${domain}/deactivate`), 200);
    await this.domainIs('maintenance');
    body(await this.api.delete(domain), 200);
    body(await this.api.delete(`/openstackvolumeproviders/${provider['id']}`), 200);
    return true;
  }

  private async removeLeftovers(): Promise<void> {
    const ours = async (list: string, element: string) =>
      (body(await this.api.get(`/${list}?search=${encodeURIComponent('name=e2e-*')}`))[element] ?? []).map((one: Json) => one['id']!);
    const left = new Installation(this.api);
    left.created.vms.push(...(await ours('vms', 'vm')));
    left.created.disks.push(...(await ours('disks', 'disk')));
    await left.cleanUp();
  }

  async provider(name = PROVIDER): Promise<Json | undefined> {
    const list = body(await this.api.get(`/openstackvolumeproviders?search=${encodeURIComponent(`name="${name}"`)}`));
    return list['openstack_volume_provider']?.[0];
  }

  /** Waits until the domain of the provider is active in its data center. */
  async activeDomain(name = PROVIDER): Promise<string> {
    return (await this.domainIs('active', name))['id']!;
  }

  async domainIs(status: string, name = PROVIDER): Promise<Json> {
    const domains = await this.domainsPath();
    const look = async () => body(await this.api.get(domains))['storage_domain']?.find((domain: Json) => domain['name'] === name);
    return (await until(`domain ${name} ${status}`, look, (seen) => seen?.['status'] === status))!;
  }

  /** Path of the provider's domain in its data center. */
  async domainPath(name = PROVIDER): Promise<string> {
    const domains = await this.domainsPath();
    const found = body(await this.api.get(domains))['storage_domain']?.find((domain: Json) => domain['name'] === name);
    return `${domains}/${found?.['id'] ?? ''}`;
  }

  private async domainsPath(): Promise<string> {
    const centers = body(await this.api.get('/datacenters?search=name%3DDefault'));
    return `/datacenters/${centers['data_center']?.[0]?.['id'] ?? ''}/storagedomains`;
  }

  /** Waits until all hosts of the lab are so. */
  async hostsAre(status: string, withinMs?: number): Promise<void> {
    const look = async () => (body(await this.api.get('/hosts'))['host'] ?? []).map((host: Json) => host['status']);
    await until(`hosts ${status}`, look, (seen) => seen.length >= labHosts().length && seen.every((one) => one === status), withinMs);
  }

  /** A disk that is ok. */
  async disk(changes: object = {}): Promise<string> {
    const wanted = {
      name: `e2e-${randomUUID().slice(0, 8)}`,
      provisioned_size: GIB,
      format: 'raw',
      storage_domains: { storage_domain: [{ name: PROVIDER }] },
      ...changes,
    };
    const id = body(await this.api.post('/disks', wanted))['id']!;
    this.created.disks.push(id);
    await this.diskIs(id, 'ok');
    return id;
  }

  async diskIs(id: string, status: string): Promise<void> {
    await until(
      `disk ${id} ${status}`,
      async () => (await this.api.get(`/disks/${id}`)).body,
      (disk) => disk['status'] === status,
    );
  }

  /** A VM that boots the lab's guest and is down. */
  async vm(changes: object = {}): Promise<string> {
    const id = body(await this.api.post('/vms', vmBody(changes)), 201)['id']!;
    this.created.vms.push(id);
    return id;
  }

  async attach(vmId: string, diskId: string, changes: object = {}): Promise<void> {
    const attachment = { disk: { id: diskId }, interface: 'virtio_scsi', bootable: 'false', active: 'true', ...changes };
    body(await this.api.post(`/vms/${vmId}/diskattachments`, attachment), 201, 202);
  }

  async start(vmId: string): Promise<void> {
    body(await this.api.post(`/vms/${vmId}/start`), 200);
    await this.vmIs(vmId, 'up');
  }

  async stop(vmId: string): Promise<void> {
    body(await this.api.post(`/vms/${vmId}/stop`), 200);
    await this.vmIs(vmId, 'down');
  }

  async vmIs(id: string, status: string, withinMs = 60_000): Promise<void> {
    await until(
      `vm ${id} ${status}`,
      async () => (await this.api.get(`/vms/${id}`)).body,
      (vm) => vm['status'] === status,
      withinMs,
    );
  }

  /** What a VM's guest has printed on its serial console since its last start; empty if there was none. */
  async console(vmId: string): Promise<string> {
    const logs = labHosts().map((host) => join(labValue(`LAB_CONSOLE_FOLDER_${host.replace('-', '_')}`), `${vmId}.log`));
    return (await Promise.all(logs.map((log) => readFile(log, 'utf8').catch(() => '')))).join('');
  }

  /** Waits until the guest has printed a text on its serial console, after the first `from` characters. */
  async guestSays(vmId: string, text: string | RegExp, from = 0): Promise<string> {
    const look = async () => (await this.console(vmId)).slice(from);
    return until(`guest of ${vmId} says ${String(text)}`, look, (seen) =>
      typeof text === 'string' ? seen.includes(text) : text.test(seen),
    );
  }

  /** Removes what this object has made, and waits until it is gone. */
  async cleanUp(): Promise<void> {
    await Promise.all(this.created.vms.splice(0).map((id) => this.removeVm(id)));
    await Promise.all(this.created.disks.splice(0).map((id) => this.gone(`/disks/${id}`)));
  }

  private async removeVm(id: string): Promise<void> {
    const { status, body: vm } = await this.api.get(`/vms/${id}`);
    if (status === 404) return;
    if (!['down', 'image_locked'].includes(vm['status']!)) {
      await this.api.post(`/vms/${id}/stop`);
      await this.vmIs(id, 'down');
    }
    await this.gone(`/vms/${id}`, '?detach_only=true');
  }

  /** Deletes until it is gone: what is locked is asked again, as clients do. */
  async gone(path: string, query = ''): Promise<void> {
    const attempt = async () => {
      await this.api.delete(path + query);
      return (await this.api.get(path)).status;
    };
    await until(`${path} gone`, attempt, (status) => status === 404);
  }
}

/** What makes a VM of the smallest kind: its firmware finds nothing to boot and waits, at no cost. */
export const BARE_VM = { memory: 64 * 1024 ** 2, memory_policy: { guaranteed: 64 * 1024 ** 2 }, os: { type: 'other_linux' } };

/** The lab's guest. @param words for its kernel's command line */
export const guestOs = (words = ''): object => ({
  type: 'other_linux',
  kernel: labValue('LAB_GUEST_KERNEL'),
  initrd: labValue('LAB_GUEST_INITRD'),
  cmdline: `console=ttyS0 ${words}`.trim(),
});

/** A VM that boots the lab's guest. */
export const vmBody = (changes: object = {}): object => ({
  name: `e2e-${randomUUID().slice(0, 8)}`,
  cluster: { name: 'Default' },
  template: { name: 'Blank' },
  memory: 256 * 1024 ** 2,
  os: guestOs(),
  ...changes,
});
