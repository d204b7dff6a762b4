import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { AccessService } from '../permissions/access.service';
import { TemplateNic } from '../templates/template.entity';
import { Nic } from './nic.entity';
import type { ChangedNic } from './nic.input';

/** Whose interface it is: where it is kept, and the permit that it takes to connect it. */
const OWNERS = {
  vm: { entity: Nic, permit: 'configure_vm_network' },
  template: { entity: TemplateNic, permit: 'configure_template_network' },
} as const;

/** Who may connect an interface: the route demands the permit on the VM or template, the profile one more, as in oVirt. */
@Injectable()
export class NicAccess {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
  ) {}

  /** @param id an interface that is there: the profile that it has already is not asked about @throws NotFoundError, ForbiddenError */
  async requireProfile(
    { of, id }: { of: keyof typeof OWNERS; id?: string },
    { vnic_profile }: Pick<ChangedNic, 'vnic_profile'>,
    askerId: string,
  ): Promise<void> {
    const profileId = vnic_profile?.id;
    if (profileId === undefined) return;
    const { entity, permit } = OWNERS[of];
    if (id !== undefined && (await this.db.existsBy(entity, { id, vnicProfileId: profileId }))) return;
    await this.access.require(askerId, permit, { type: 'vnic_profile', id: profileId });
  }
}
