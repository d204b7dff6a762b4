import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { AccessService } from '../permissions/access.service';
import { Nic } from './nic.entity';
import type { ChangedNic } from './nic.input';

/** Who may connect an interface: the route demands the permit on the VM, the profile one more, as in oVirt. */
@Injectable()
export class NicAccess {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
  ) {}

  /** @param nicId an interface that is there: the profile that it has already is not asked about @throws NotFoundError, ForbiddenError */
  async requireProfile({ vnic_profile }: Pick<ChangedNic, 'vnic_profile'>, askerId: string, nicId?: string): Promise<void> {
    const id = vnic_profile?.id;
    if (id === undefined) return;
    if (nicId !== undefined && (await this.db.existsBy(Nic, { id: nicId, vnicProfileId: id }))) return;
    await this.access.require(askerId, 'configure_vm_network', { type: 'vnic_profile', id });
  }
}
