import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A Cinder that gives us volumes, and the account that we use there. */
@Entity('volume_provider')
export class VolumeProvider {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  /** Cinder's address if it is not to be taken from Keystone's catalogue. */
  @Column('text', { nullable: true })
  url!: string | null;

  @Column('text', { name: 'authentication_url' })
  authenticationUrl!: string;

  @Column('boolean', { name: 'requires_authentication' })
  requiresAuthentication!: boolean;

  @Column('text')
  username!: string;

  /** Sealed by SecretBox. */
  @Column('text', { name: 'password_sealed' })
  passwordSealed!: string;

  @Column('text', { name: 'tenant_name' })
  tenantName!: string;

  @Column('text', { name: 'user_domain_name' })
  userDomainName!: string;

  @Column('text', { name: 'project_domain_name' })
  projectDomainName!: string;

  /** Cinder's API root for the project, as the last test of the account found it. No two providers have the same: they would share volumes. */
  @Column('text', { nullable: true })
  endpoint!: string | null;

  /** Grows with every change of the account, so that clients made from an older one are given up. */
  @Column('int')
  version!: number;
}
