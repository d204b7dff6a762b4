import type { VolumeSide } from '@clinker/agent-protocol';
import { SecretsService } from '../secrets/secrets.service';
import { withKeyFile } from './key.file';
import { RbdConnector } from './rbd.connector';
import { rbdAddress } from './rbd.address';

/** Volumes as QEMU's tools open them on this host. */
export class VolumeAddresses {
  /** @param keyFolder on tmpfs */
  constructor(
    private readonly secrets: SecretsService,
    private readonly rbd: RbdConnector,
    private readonly keyFolder: string,
  ) {}

  /** Does some work while a volume can be opened under its address. @throws AgentError of the volume's preflight */
  async with<T>(side: VolumeSide, work: (address: string) => Promise<T>): Promise<T> {
    const attachment = await this.rbd.connect(side);
    const { user, secretUuid } = side.source;
    const key = user && secretUuid ? await this.secrets.key(secretUuid) : null;
    return withKeyFile(this.keyFolder, key, (file) => work(rbdAddress(attachment, file)));
  }
}
