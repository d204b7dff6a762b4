import { body } from './api.client';
import { type Installation, providerBody } from './installation';

/** A provider with its storage domain, beside those of the lab, as long as a test needs it. */
export class ExtraProvider {
  /** Puts a new disk there. */
  readonly place: object;

  constructor(
    private readonly user: Installation,
    private readonly name: string,
  ) {
    this.place = { storage_domains: { storage_domain: [{ name }] } };
  }

  /**
   * Adds it, or changes one that is left of a run that was cut off. Its domain is active then.
   * @param changes what is other than of the lab's provider
   * @returns the provider's id
   */
  async open(changes: { url?: string; tenant_name?: string }): Promise<string> {
    const { api } = this.user;
    const left = await this.user.provider(this.name);
    const answer = left
      ? await api.put(`/openstackvolumeproviders/${left['id']}`, changes)
      : await api.post('/openstackvolumeproviders', providerBody({ name: this.name, ...changes }));
    const { id } = body(answer, 200, 201, 202);
    if (left) await api.post(`${await this.user.domainPath(this.name)}/activate`);
    await this.user.activeDomain(this.name);
    return id!;
  }

  /** Takes it away. There must be no disks any more. */
  async close(): Promise<void> {
    const { api } = this.user;
    const domain = await this.user.domainPath(this.name);
    if ((await api.get(domain)).body['status'] !== 'maintenance') body(await api.post(`${domain}/deactivate`), 200);
    await this.user.domainIs('maintenance', this.name);
    body(await api.delete(domain), 200);
    body(await api.delete(`/openstackvolumeproviders/${(await this.user.provider(this.name))!['id']}`), 200);
  }
}
