import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A cephx key that hosts need to open a provider's volumes. Its id is the uuid of the libvirt secret (Cinder's rbd_secret_uuid). */
@Entity('authentication_key')
export class AuthenticationKey {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'provider_id' })
  providerId!: string;

  @Column('text', { name: 'usage_type' })
  usageType!: 'ceph';

  @Column('text')
  description!: string;

  /** base64 of the key's bytes, sealed by SecretBox. */
  @Column('text', { name: 'value_sealed' })
  valueSealed!: string;

  @Column('timestamptz', { name: 'creation_date' })
  creationDate!: Date;
}
