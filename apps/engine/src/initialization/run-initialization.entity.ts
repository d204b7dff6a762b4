import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a client gave for one run of a VM. It is there until that run has begun or has failed. */
@Entity('run_initialization')
export class RunInitialization {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'vm_id' })
  vmId!: string;

  /** The whole of it as JSON, sealed by SecretBox: scripts hold secrets too, and have no row to stay in. */
  @Column('text')
  sealed!: string;
}
